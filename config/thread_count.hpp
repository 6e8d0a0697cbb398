#pragma once

#include <algorithm>
#include <cstddef>
#include <thread>

namespace tinybook::config {

/// How many threads a key of threads asks for: 0 is one for each processor that the
/// process may run on.
[[nodiscard]] inline std::size_t thread_count(std::size_t configured) {
  return configured > 0 ? configured
                        : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

} // namespace tinybook::config
