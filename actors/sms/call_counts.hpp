#pragma once

#include "actors/sms/outcome.hpp"

#include <cstdint>

namespace tinybook {

/// Calls by what they say of the provider. `slow` counts beside the others: a call is one
/// of the first four, and slow or not.
struct call_counts {
  std::int64_t ok = 0;
  std::int64_t failed = 0;    ///< Down, ambiguous, or reported lost.
  std::int64_t throttled = 0; ///< Refused for rate: says nothing of its health.
  std::int64_t ignored = 0;   ///< It lies in the number, not in the provider.
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

} // namespace tinybook
