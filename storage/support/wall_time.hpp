#pragma once

#include <chrono>

namespace tinybook {

/// A point of civil time (UTC) as it is stored and shipped: whole milliseconds since the
/// Unix epoch. Cores take it as an argument and never read a clock. The value 0 (the
/// default) means "never" where a docstring says so.
using wall_time = std::chrono::sys_time<std::chrono::milliseconds>;

} // namespace tinybook
