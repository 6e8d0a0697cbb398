#pragma once

#include "storage/support/calendar.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstdint>

namespace tinybook::test {

/// Where the clocks of a test begin if that does not matter.
inline constexpr wall_time wall_start{std::chrono::seconds{1'700'000'000}};
inline constexpr tick tick_start{std::chrono::seconds{1'000'000}};

/// The first moment of the day with that number (see `day_of`).
inline wall_time start_of_day(std::int32_t day, std::chrono::minutes offset) {
  return wall_time(std::chrono::days(day)) - offset;
}

} // namespace tinybook::test
