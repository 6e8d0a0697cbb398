#pragma once

#include "config/build_options.hpp"

#include <string_view>

namespace tinybook {

#ifdef TINYBOOK_KILL_POINTS

/// Ends the process as kill -9 does when `KILL_POINT_AT=label[:n]` is set and this is
/// the n-th pass (default: the first) of that label, over all threads. For the tests that
/// kill the real binary where it hurts; only their builds have it.
void kill_point(std::string_view label);

#else

constexpr void kill_point(std::string_view /*label*/) {}

#endif

} // namespace tinybook
