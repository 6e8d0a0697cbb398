#include "actors/codes/ceiling_alarm.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tinybook {

std::uint32_t ceiling_alarm::threshold() const {
  const auto exact = std::ceil(share_ * static_cast<double>(ceiling_.count));
  return std::max(static_cast<std::uint32_t>(exact), std::uint32_t{1});
}

ceiling_news ceiling_alarm::note(std::uint32_t used, wall_time now) {
  used_ = used;
  at_ = now;
  const bool was_raised = std::exchange(raised_, alarmed(now));
  if (!raised_)
    return was_raised ? ceiling_news::over : ceiling_news::none;
  // A clock that was set back is no reason to be silent for longer.
  if (warned_ && now >= *warned_ && now < *warned_ + ceiling_.window)
    return ceiling_news::none;
  warned_ = now;
  return ceiling_news::near;
}

std::uint32_t ceiling_alarm::used(wall_time now) const {
  return now < at_ + ceiling_.window ? used_ : 0;
}

} // namespace tinybook
