#pragma once

#include "storage/support/calendar.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>

namespace tinybook::test {

/// Where the clocks of a test begin if that does not matter.
inline constexpr wall_time wall_start{std::chrono::seconds{1'700'000'000}};
inline constexpr tick tick_start{std::chrono::seconds{1'000'000}};

} // namespace tinybook::test
