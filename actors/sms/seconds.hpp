#pragma once

#include <chrono>

namespace tinybook {

/// A duration in seconds, as gauges show it.
[[nodiscard]] inline double as_seconds(std::chrono::nanoseconds d) {
  return std::chrono::duration<double>(d).count();
}

} // namespace tinybook
