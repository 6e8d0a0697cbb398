#pragma once

#include <chrono>
#include <deque>
#include <optional>

namespace tinybook {

struct restart_limits {
  std::size_t max_restarts = 5; ///< More than this many in `window` escalates.
  std::chrono::milliseconds window{std::chrono::seconds{60}};
  std::chrono::milliseconds base{
      100}; ///< Wait before the first restart; doubled each time.
  std::chrono::milliseconds cap{std::chrono::seconds{5}};
};

/// When a crashed actor comes back: after a doubling wait, until it has crashed too often
/// within the window (the "restart intensity" of OTP supervisors).
class restart_policy {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit restart_policy(restart_limits limits) : limits_(limits) {}

  /// Records a crash at `now`: the wait before the restart, or nothing = escalate.
  [[nodiscard]] std::optional<std::chrono::milliseconds> crashed(time_point now);

 private:
  restart_limits limits_;
  std::deque<time_point> recent_; ///< Crashes within the window, oldest first.
};

} // namespace tinybook
