#pragma once

#include "storage/support/calendar.hpp"
#include "storage/support/sliding_window.hpp"

#include <cstdint>
#include <optional>

namespace tinybook {

enum class ceiling_news : std::uint8_t {
  none,
  near, ///< It is time to warn.
  over, ///< What was warned of is over.
};

/// Warns before a ceiling is reached: once in each of its windows, when `share` of it is
/// used up. A crash warns once more.
class ceiling_alarm {
 public:
  ceiling_alarm(rate_limit ceiling, double share) : ceiling_(ceiling), share_(share) {}

  /// `used` were counted at `now`.
  [[nodiscard]] ceiling_news note(std::uint32_t used, wall_time now);

  /// As of the last `note`; 0 once a whole window has passed since.
  [[nodiscard]] std::uint32_t used(wall_time now) const;
  [[nodiscard]] bool alarmed(wall_time now) const {
    return !ceiling_.off() && used(now) >= threshold();
  }
  [[nodiscard]] const rate_limit& ceiling() const { return ceiling_; }
  /// From how many on it warns: at least 1.
  [[nodiscard]] std::uint32_t threshold() const;

 private:
  rate_limit ceiling_;
  double share_;
  std::uint32_t used_ = 0;
  wall_time at_{};
  std::optional<wall_time> warned_;
  bool raised_ = false; ///< It was near at the last `note`.
};

} // namespace tinybook
