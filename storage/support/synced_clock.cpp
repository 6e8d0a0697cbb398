#include "storage/support/synced_clock.hpp"

#include <algorithm>

namespace tinybook {

namespace {

using std::chrono::nanoseconds;

/// Readings are rounded down to whole milliseconds.
constexpr auto resolution = std::chrono::milliseconds{1};

wall_time whole_ms(nanoseconds since_1970) {
  return wall_time{std::chrono::floor<std::chrono::milliseconds>(since_1970)};
}

} // namespace

void synced_clock::sync(wall_time database_now, steady_time before, steady_time after) {
  const auto round_trip = std::max(after - before, steady_time::duration::zero());
  const nanoseconds lowest = database_now.time_since_epoch() - after.time_since_epoch();
  const nanoseconds highest = lowest + round_trip + resolution;
  std::lock_guard lock{mutex_};
  if (offset_)
    offset_ = std::clamp(*offset_, lowest, highest);
  else
    offset_ = lowest + (highest - lowest) / 2;
}

std::optional<wall_time> synced_clock::at(steady_time moment) const {
  std::lock_guard lock{mutex_};
  if (!offset_)
    return std::nullopt;
  return whole_ms(moment.time_since_epoch() + *offset_);
}

wall_time synced_clock::now() const {
  const auto known = at(std::chrono::steady_clock::now());
  return known ? *known : system_now();
}

std::chrono::milliseconds synced_clock::ahead_of_system() const {
  const auto known = at(std::chrono::steady_clock::now());
  return known ? std::chrono::duration_cast<std::chrono::milliseconds>(*known
                                                                       - system_now())
               : std::chrono::milliseconds{0};
}

} // namespace tinybook
