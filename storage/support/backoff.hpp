#pragma once

#include "storage/support/random.hpp"

#include <chrono>

namespace tinybook {

/// How long to wait between rounds of tries.
struct backoff_options {
  std::chrono::milliseconds base{0};
  double multiplier = 2.0; ///< At least 1.
  double jitter = 0.5;     ///< f, in [0, 1]: the share by which the wait varies.
  std::chrono::milliseconds cap{0};
};

/// The wait before any jitter: min(cap, base · multiplierⁿ). `round` n starts at 0; no n
/// overflows.
[[nodiscard]] std::chrono::milliseconds capped_interval(const backoff_options& options,
                                                        unsigned round);

/// max(retry_after + U(0, 10 %), U(1−f, 1+f) · min(cap, base · mⁿ)): cap first, then
/// jitter, so that clients which wait at the cap stay spread out. `retry_after` is what
/// the provider asked for, 0 when nothing, and is never undercut.
[[nodiscard]] std::chrono::milliseconds
backoff_delay(const backoff_options& options, unsigned round, random_source& random,
              std::chrono::milliseconds retry_after = std::chrono::milliseconds{0});

} // namespace tinybook
