#pragma once

#include "actors/sms/outcome.hpp"
#include "config/settings.hpp"
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

/// When a circuit changes its state. All tunable.
struct circuit_rules : config::circuit_settings {
  double ramp_from = 0.1;
  /// The share of failed calls that is too many, until `set_threshold` tells another.
  double threshold = 0;
  /// A probe without an outcome by then counts as failed.
  std::chrono::milliseconds probe_timeout{0};
  /// Between two last resorts while it is open.
  std::chrono::milliseconds last_resort_pause{std::chrono::seconds{1}};
  /// Other replicas have a circuit of the same provider: only the one that holds the
  /// `probe_lease` sends probes.
  bool shared = false;

  /// How long it stays open: base · 2ⁿ up to the cap, then the jitter; n counts the
  /// openings since it was closed.
  [[nodiscard]] backoff_options open() const {
    return {open_base, 2.0, jitter, open_cap};
  }
};

/// The state that an operator forces a circuit into.
enum class forced_state : std::uint8_t {
  none,         ///< It changes by itself.
  open,         ///< Nothing new is sent.
  closed,       ///< Everything is sent, whatever the error rate.
  metrics_only, ///< It changes and shows its state, but refuses nothing.
};

enum class circuit_state : std::uint8_t { closed, open, half_open, ramp };

[[nodiscard]] std::string_view to_string(circuit_state state);
[[nodiscard]] std::string_view to_string(forced_state state);
[[nodiscard]] std::optional<circuit_state> circuit_state_from(std::string_view text);
[[nodiscard]] std::optional<forced_state> forced_state_from(std::string_view text);

/// The state of a circuit that replicas share through the store.
struct circuit_snapshot {
  circuit_state state = circuit_state::closed;
  std::uint64_t generation = 0;
  tick open_until{};
  forced_state forced = forced_state::none;
  std::optional<tick> forced_until;
};

/// The circuit breaker of one provider. Time and randomness are passed in; the owner
/// calls `advance` at `next_change` and before it reads the state.
///
/// CLOSED –trip→ OPEN –its time→ HALF_OPEN –verdict→ RAMP –its time→ CLOSED; a trip in
/// RAMP, a bad verdict in HALF_OPEN → OPEN with doubled, jittered time.
///
/// - HALF_OPEN lets `probes` calls through, `probes_at_once` at a time. It opens as
///   soon as the failed ones reach the threshold's share of `probes`, and ramps as soon
///   as they no longer can. At its deadline, which runs from the first probe, the
///   results so far decide; without any it opens again, for a time that is not doubled.
///   Probes that say nothing of the provider's health (throttled, or refused for the
///   number) give their permit back.
/// - RAMP scales the limits of its sender from `ramp_from` to 1.
/// - OPEN lets one last resort through at a time, where the caller says that no provider
///   admits; if it succeeds the circuit is half open at once.
/// - Each transition makes a new generation; results of older ones change nothing.
/// - Forced by an operator: OPEN admits nothing, CLOSED and METRICS_ONLY everything; in
///   METRICS_ONLY the results still move it, to show which state it would be in. When the
///   force ends, OPEN continues as HALF_OPEN, CLOSED as CLOSED.
/// - Shared by replicas: all adopt what one has stored; the highest generation wins, of
///   equal ones the stored one. An operator's force raises the generation so far that no
///   transition at the same time overrides it. Probes and last resorts need the probe
///   lease; without it an open circuit stays open when its time is over, and a half-open
///   one refuses as if it were open, until the holder's verdict is adopted or the lease
///   comes here.
class circuit {
 public:
  /// By how many generations an operator's force is ahead of the replicas' own
  /// transitions.
  static constexpr std::uint64_t operator_step = 1'000;

  /// Starts closed.
  explicit circuit(const circuit_rules& rules, tick now = {})
      : rules_(rules), since_(now), prober_(!rules.shared) {}

  /// Makes the transitions that are due by time.
  void advance(tick now, random_source& random);
  [[nodiscard]] std::optional<tick> next_change() const;

  /// How many calls may begin now.
  [[nodiscard]] std::int64_t room() const;
  /// Whether one call may go out although it is open.
  [[nodiscard]] bool last_resort(tick now) const;
  /// The share of its limits that a sender may use now, in (0, 1].
  [[nodiscard]] double share(tick now) const;

  /// Begins a call: the generation that it belongs to, or nothing where none may begin.
  [[nodiscard]] std::optional<std::uint64_t> begin(tick now, bool as_last_resort = false);
  /// Ends the call for which `begin` returned `generation`.
  void finish(std::uint64_t generation, outcome_class kind, tick now,
              random_source& random);

  /// The error-rate monitor says that too many calls of `generation` fail.
  void trip(std::uint64_t generation, std::string_view why, tick now,
            random_source& random);
  void set_threshold(double share) { rules_.threshold = share; }

  /// Without `until` it holds until it is lifted by `forced_state::none`.
  void force(forced_state state, std::optional<tick> until, tick now);

  /// Continues from the stored state; as half open where that was half open or ramp.
  void restore(circuit_state state, std::uint64_t generation, tick open_until, tick now);

  /// Takes over what another replica has stored where that is of a newer generation, or
  /// of the same one and different; whether it did.
  bool adopt(const circuit_snapshot& seen, tick now);
  [[nodiscard]] circuit_snapshot snapshot() const {
    return {state_, generation_, open_until_, forced_, forced_until_};
  }

  /// Whether this replica holds the probe lease. No effect unless shared.
  void set_prober(bool may_probe);
  /// From when on it could use the probe lease; nothing = not in this state.
  [[nodiscard]] std::optional<tick> needs_probe_lease_from() const;

  /// Nothing but a last resort may go out.
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
  /// The monitor may learn the usual error rate from its calls.
  [[nodiscard]] bool learns() const {
    return state_ == circuit_state::closed && forced_ != forced_state::open;
  }

 private:
  void set_forced(forced_state state, std::optional<tick> until, tick now);
  [[nodiscard]] bool same_as(const circuit_snapshot& seen) const;
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
  bool prober_;           ///< May send probes; always true unless shared.

  std::vector<tick> probes_; ///< The deadlines of those under way.
  std::int64_t probes_ok_ = 0;
  std::int64_t probes_failed_ = 0;
  std::optional<tick> verdict_at_;
  tick next_last_resort_{};
};

} // namespace tinybook
