#pragma once

#include "actors/sms/outcome.hpp"
#include "storage/support/backoff.hpp"
#include "storage/support/random.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// How a circuit moves. All tunable.
struct circuit_rules {
  /// base · 2ⁿ up to the cap, then the jitter; n counts the openings since it was closed.
  backoff_options open{std::chrono::seconds{5}, 2.0, 0.2, std::chrono::seconds{60}};
  std::int64_t probes = 10;
  std::int64_t probes_at_once = 3;
  std::chrono::milliseconds verdict_within{std::chrono::seconds{60}};
  std::chrono::milliseconds ramp{std::chrono::seconds{60}};
  double ramp_from = 0.1;
  /// A probe that has not ended by then is lost and counts as failed.
  std::chrono::milliseconds probe_timeout{std::chrono::seconds{10}};
  /// Between two last resorts while it is open.
  std::chrono::milliseconds last_resort_pause{std::chrono::seconds{1}};
  /// Other replicas have a circuit of the same provider: only the one that has the right
  /// to probe does (`probe_right`).
  bool shared = false;
};

/// What an operator can hold a circuit in.
enum class forced_state : std::uint8_t {
  none,         ///< It moves by itself.
  open,         ///< Nothing new is sent.
  closed,       ///< Everything is sent, whatever the error rate.
  metrics_only, ///< It moves and shows where it would stand, but refuses nothing.
};

enum class circuit_state : std::uint8_t { closed, open, half_open, ramp };

[[nodiscard]] std::string_view to_string(circuit_state state);
[[nodiscard]] std::string_view to_string(forced_state state);
[[nodiscard]] std::optional<circuit_state> circuit_state_from(std::string_view text);
[[nodiscard]] std::optional<forced_state> forced_state_from(std::string_view text);

/// Where the circuit of a provider stands, as replicas tell each other.
struct circuit_word {
  circuit_state state = circuit_state::closed;
  std::uint64_t generation = 0;
  tick open_until{};
  forced_state forced = forced_state::none;
  std::optional<tick> forced_until;
};

/// The circuit of one provider. Time and randomness are passed in; whoever owns it calls
/// `advance` at `next_change` and before every look.
///
/// CLOSED –trip→ OPEN –its time→ HALF_OPEN –verdict→ RAMP –its time→ CLOSED; a trip in
/// RAMP, a bad verdict in HALF_OPEN → OPEN with doubled, jittered time.
///
/// - HALF_OPEN lets `probes` calls through, `probes_at_once` at a time. It opens as soon
///   as the failed ones reach the threshold's share of `probes`, ramps as soon as they
///   cannot any more. At its deadline, which runs from the first probe, what has come in
///   decides; nothing = OPEN again, not doubled. Probes that say nothing of the provider
///   (throttled, or for a reason in the number) give their permit back.
/// - RAMP scales the limits of its sender from `ramp_from` to 1.
/// - OPEN lets one last resort through at a time, where the caller says that no provider
///   admits; if it succeeds the circuit is half open at once.
/// - Each transition makes a new generation; results of older ones change nothing.
/// - Forced: OPEN admits nothing, CLOSED and METRICS_ONLY everything; in METRICS_ONLY it
///   moves on by the results, so that one sees where it would stand. At its end a forced
///   OPEN goes on as HALF_OPEN, a forced CLOSED as CLOSED.
/// - Shared by replicas: a transition of one is adopted by all, the highest generation
///   stands, and of equal ones what the store holds. An operator's word is so far ahead
///   that no transition that is found at the same time takes its place. Probes and last
///   resorts need the right to probe; without it an open circuit stays open when its time
///   is over, and a half open one refuses as if it were open, until the verdict of who
///   has the right is adopted, or the right comes here.
class circuit {
 public:
  /// By how many generations an operator's word is ahead of what the replicas find at the
  /// same time.
  static constexpr std::uint64_t operator_step = 1'000;

  /// Closed since `now`.
  explicit circuit(const circuit_rules& rules, tick now = {})
      : rules_(rules), since_(now), prober_(!rules.shared) {}

  /// Does what is due by time.
  void advance(tick now, random_source& random);
  [[nodiscard]] std::optional<tick> next_change() const;

  /// How many calls may begin beside those that are `reserved` already.
  [[nodiscard]] std::int64_t room(std::int64_t reserved) const;
  /// Whether one call may go out though it is open.
  [[nodiscard]] bool last_resort(tick now) const;
  /// The share of its limits that a sender may use now, in (0, 1].
  [[nodiscard]] double share(tick now) const;

  /// A call begins: the generation it belongs to, or nothing where it may not.
  [[nodiscard]] std::optional<std::uint64_t> begin(tick now, bool as_last_resort = false);
  /// It ended.
  void finish(std::uint64_t generation, outcome_class kind, tick now,
              random_source& random);

  /// The monitor says that the calls of `generation` are too bad.
  void trip(std::uint64_t generation, std::string_view why, tick now,
            random_source& random);
  void set_threshold(double share) { threshold_ = share; }

  /// `until` nothing = until it is lifted by `forced_state::none`.
  void force(forced_state state, std::optional<tick> until, tick now);

  /// Goes on from what was stored: half open where it was on its way back.
  void restore(circuit_state state, std::uint64_t generation, tick open_until, tick now);

  /// Takes over what another replica has stored, where that is newer, or of the same
  /// generation and different; whether it did.
  bool adopt(const circuit_word& seen, tick now);
  [[nodiscard]] circuit_word word() const {
    return {state_, generation_, open_until_, forced_, forced_until_};
  }

  /// This replica has the right to probe, or has lost it; nothing where it is alone.
  void set_prober(bool right);
  /// From when on it can do something with the right.
  [[nodiscard]] std::optional<tick> wants_right_from() const;

  /// Nothing but a last resort goes out.
  [[nodiscard]] bool is_open() const {
    return forced_ == forced_state::open
           || (forced_ == forced_state::none
               && (state_ == circuit_state::open
                   || (state_ == circuit_state::half_open && !prober_)));
  }
  [[nodiscard]] circuit_state state() const { return state_; }
  [[nodiscard]] forced_state forced() const { return forced_; }
  [[nodiscard]] std::optional<tick> forced_until() const { return forced_until_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] tick since() const { return since_; }
  [[nodiscard]] tick open_until() const { return open_until_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] std::int64_t probing() const { return std::ssize(probes_); }
  /// Results count as those of a circuit that is not disturbed: the monitor may learn.
  [[nodiscard]] bool learns() const {
    return state_ == circuit_state::closed && forced_ != forced_state::open;
  }

 private:
  void set_forced(forced_state state, std::optional<tick> until, tick now);
  [[nodiscard]] bool stands_as(const circuit_word& seen) const;
  void forget_probes();
  void move_to(circuit_state next, std::string_view why, tick now);
  void open(bool again, std::string_view why, tick now, random_source& random);
  void judge(tick now, random_source& random);
  void judge_at_deadline(tick now, random_source& random);
  [[nodiscard]] std::int64_t failures_that_decide() const;
  [[nodiscard]] std::int64_t free_probes() const;

  circuit_rules rules_;
  circuit_state state_ = circuit_state::closed;
  forced_state forced_ = forced_state::none;
  std::optional<tick> forced_until_;
  std::uint64_t generation_ = 1;
  tick since_{};
  tick open_until_{};
  std::string reason_;
  unsigned openings_ = 0; ///< Since it was closed.
  double threshold_ = 0.3;
  bool prober_; ///< Has the right to probe; always, where it is alone.

  std::vector<tick> probes_; ///< Those on their way, by their deadline.
  std::int64_t probes_ok_ = 0;
  std::int64_t probes_failed_ = 0;
  std::optional<tick> verdict_at_;
  tick next_last_resort_{};
};

} // namespace tinybook
