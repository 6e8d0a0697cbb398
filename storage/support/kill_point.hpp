#pragma once

#include "config/build_options.hpp"

#include <string_view>

namespace tinybook {

#ifdef TINYBOOK_KILL_POINTS

/// Ends the process as kill -9 does when `KILL_POINT_AT=label[:n]` is set and this is the
/// n-th pass (default: the first) of that label, over all threads. For the tests that
/// kill the real binary at critical points; only their builds have it.
void kill_point(std::string_view label);

#else

constexpr void kill_point(std::string_view /*label*/) {}

#endif

/// Where the tests kill the process while a write is committed. A command that is tested
/// so has a static `kill_points` of this type.
struct commit_kill_points {
  std::string_view before; ///< It is written, its transaction is not.
  std::string_view after;  ///< It is committed, but not answered.
};

} // namespace tinybook
