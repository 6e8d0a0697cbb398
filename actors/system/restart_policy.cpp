#include "actors/system/restart_policy.hpp"

#include <algorithm>

namespace tinybook {

std::optional<std::chrono::milliseconds> restart_policy::crashed(time_point now) {
  while (!recent_.empty() && now - recent_.front() >= limits_.restart_window)
    recent_.pop_front();
  recent_.push_back(now);
  if (recent_.size() > limits_.max_restarts)
    return std::nullopt;
  auto wait = limits_.restart_base;
  for (std::size_t i = 1; i < recent_.size() && wait < limits_.restart_cap; ++i)
    wait *= 2;
  return std::min(wait, limits_.restart_cap);
}

} // namespace tinybook
