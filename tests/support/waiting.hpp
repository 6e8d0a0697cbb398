#pragma once

#include <chrono>
#include <concepts>
#include <poll.h>

namespace tinybook::test {

/// Waits until `holds` is true or `bound` has passed, and returns what it is then. For
/// what other processes do: looks every 5 ms, without a busy loop.
template <std::predicate Condition>
[[nodiscard]] bool wait_until(std::chrono::milliseconds bound, Condition holds) {
  const auto until = std::chrono::steady_clock::now() + bound;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until)
      return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

} // namespace tinybook::test
