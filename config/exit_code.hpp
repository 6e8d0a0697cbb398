#pragma once

#include <cstdint>

namespace tinybook::config {

/// What `tinybook` ends with; `--help` explains them.
enum class exit_code : std::uint8_t {
  ok = 0,          ///< Asked for and done, or stopped by a signal in order.
  failed = 1,      ///< Could not start, or an actor failed for good.
  bad_usage = 2,   ///< The command line or the configuration is wrong.
  stop_failed = 3, ///< The watchdog ended a stop that hung.
  warned = 4,      ///< `doctor` has found warnings, and nothing worse.
};

} // namespace tinybook::config
