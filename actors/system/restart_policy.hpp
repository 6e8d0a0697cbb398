#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <deque>
#include <optional>

namespace tinybook {

/// When a crashed actor comes back: after a wait that doubles from `restart_base` up to
/// `restart_cap`, until it has crashed more than `max_restarts` times within
/// `restart_window` (the "restart intensity" of OTP supervisors).
class restart_policy {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit restart_policy(const config::actor_settings& limits) : limits_(limits) {}

  /// Records a crash at `now`: the wait before the restart, or nothing = escalate.
  [[nodiscard]] std::optional<std::chrono::milliseconds> crashed(time_point now);

 private:
  config::actor_settings limits_;
  std::deque<time_point> recent_; ///< Crashes within the window, oldest first.
};

} // namespace tinybook
