#include "storage/support/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace tinybook {

namespace {

using real_ms = std::chrono::duration<double, std::milli>;

/// Rounds up: a wait is never shorter than asked for, and never 0 but for a base of 0.
std::chrono::milliseconds to_ms(real_ms wait) {
  return std::chrono::ceil<std::chrono::milliseconds>(wait);
}

/// In double precision: m^n may become infinite, and the cap brings it back.
real_ms interval(const backoff_options& options, unsigned round) {
  const real_ms base(std::max(options.base, std::chrono::milliseconds{0}));
  const real_ms cap(std::max(options.cap, std::chrono::milliseconds{0}));
  if (base.count() <= 0)
    return real_ms(0);
  const auto growth = std::pow(std::max(options.multiplier, 1.0), round);
  return std::min(cap, base * growth);
}

} // namespace

std::chrono::milliseconds capped_interval(const backoff_options& options,
                                          unsigned round) {
  return to_ms(interval(options, round));
}

std::chrono::milliseconds backoff_delay(const backoff_options& options, unsigned round,
                                        random_source& random,
                                        std::chrono::milliseconds retry_after) {
  const auto f = std::clamp(options.jitter, 0.0, 1.0);
  const auto jittered = interval(options, round) * (1 - f + random.unit() * 2 * f);
  const real_ms asked(std::max(retry_after, std::chrono::milliseconds{0}));
  const auto obeyed = asked * (1 + random.unit() * 0.1);
  return to_ms(std::max(jittered, obeyed));
}

} // namespace tinybook
