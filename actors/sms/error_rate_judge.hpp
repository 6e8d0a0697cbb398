#pragma once

#include "actors/sms/count_ring.hpp"
#include "actors/sms/outcome.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tinybook {

/// Calls by what they say of the provider's health. Each call counts as one of the first
/// four; `slow` counts in addition.
struct call_counts {
  std::int64_t ok = 0;
  std::int64_t failed = 0;    ///< Down, ambiguous, or reported lost.
  std::int64_t throttled = 0; ///< Refused for rate: says nothing of its health.
  std::int64_t ignored = 0;   ///< The reason was the number, not the provider.
  std::int64_t slow = 0;      ///< Of those that are ok or failed.

  [[nodiscard]] std::int64_t samples() const { return ok + failed; }
  [[nodiscard]] double error_rate() const {
    return samples() == 0 ? 0
                          : static_cast<double>(failed) / static_cast<double>(samples());
  }

  call_counts& operator+=(const call_counts& other) {
    ok += other.ok;
    failed += other.failed;
    throttled += other.throttled;
    ignored += other.ignored;
    slow += other.slow;
    return *this;
  }
  call_counts& operator-=(const call_counts& other) {
    ok -= other.ok;
    failed -= other.failed;
    throttled -= other.throttled;
    ignored -= other.ignored;
    slow -= other.slow;
    return *this;
  }
  bool operator==(const call_counts&) const = default;
};

/// One call as counts.
[[nodiscard]] inline call_counts as_counts(outcome_class kind, bool slow) {
  call_counts out;
  switch (kind) {
  case outcome_class::delivered:
    out.ok = 1;
    break;
  case outcome_class::provider_down:
  case outcome_class::ambiguous:
    out.failed = 1;
    break;
  case outcome_class::throttled:
    out.throttled = 1;
    return out;
  case outcome_class::number_limited:
  case outcome_class::not_here:
  case outcome_class::rejected:
    out.ignored = 1;
    return out;
  }
  out.slow = slow ? 1 : 0;
  return out;
}

/// When a provider's circuit must open. All tunable.
struct error_rate_rules : config::monitor_settings {
  /// A call that takes this long counts as slow, whatever its outcome; 0 = off.
  std::chrono::milliseconds slow_limit{0};
  double learned_per_minute = 0.01; ///< The most that the usual rate moves by.
};

enum class trip_reason : std::uint8_t {
  error_rate,      ///< The share of failures in the window reached the threshold.
  failures_in_row, ///< More in a row than chance explains.
  slow_calls,      ///< `slow_share` of the calls are slow.
};

[[nodiscard]] std::string_view to_string(trip_reason reason);

/// Judges the calls of one provider. Time is passed in; O(1) a call.
///
/// **Threshold.** T = clamp(p0 + margin + 3·√(p0(1−p0)/n), floor, cap) for n samples: the
/// usual error rate p0, a margin, and three standard errors of a share of n, so that few
/// samples of a provider that always fails a little do not trip it. At 20 % usual
/// failures and 20 samples a fixed 30 % trips on 19.6 % of all looks, this on 0.01 %, and
/// at 80 % failures it still trips on 99 % of them.
///
/// **Failures in a row.** max(5, ⌈ln 10⁻⁵ / ln p0⌉): a run that long happens by chance at
/// most once in 100 000 calls.
///
/// **Learning.** p0 follows the rate of the window as an exponential average over
/// `learning_time`, only while the circuit is closed, by at most `learned_per_minute`,
/// and never above `learned_cap`: an outage must not become the usual rate.
///
/// Calls of an older generation of the circuit count in `all_calls` only.
class error_rate_judge {
 public:
  explicit error_rate_judge(const error_rate_rules& rules);

  /// Counts one call that began under `generation`. Returns why the circuit must open
  /// now, once for each generation.
  std::optional<trip_reason> record(outcome_class kind, std::chrono::milliseconds took,
                                    std::uint64_t generation, tick now);

  /// The circuit has changed its state: the window starts anew.
  void watch(std::uint64_t generation, bool closed, tick now);

  [[nodiscard]] double threshold(std::int64_t samples) const;
  [[nodiscard]] std::int64_t failures_in_row_limit() const;

  [[nodiscard]] const call_counts& window(tick now) { return window_.totals(now); }
  [[nodiscard]] const call_counts& all_calls() const { return all_; }
  [[nodiscard]] double usual_rate() const { return usual_; }
  [[nodiscard]] std::int64_t failures_in_row() const { return in_row_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] const error_rate_rules& rules() const { return rules_; }

 private:
  void learn(tick now);
  [[nodiscard]] std::optional<trip_reason> too_bad(tick now);

  error_rate_rules rules_;
  count_ring<call_counts> window_;
  call_counts all_;
  double usual_ = 0;
  tick learned_at_{};
  std::int64_t in_row_ = 0;
  std::uint64_t generation_ = 0;
  bool closed_ = true;
  bool told_ = false;
};

} // namespace tinybook
