#pragma once

#include "config/settings.hpp"

#include <string_view>
#include <vector>

namespace tinybook::config {

/// The keys of `s` whose back end belongs to one process: with any of them only one
/// replica may run.
[[nodiscard]] std::vector<std::string_view> local_parts(const settings& s);

/// Whether every back end is sqlite or local.
[[nodiscard]] bool embedded(const settings& s);

/// Whether any part is kept in Redis.
[[nodiscard]] bool uses_redis(const settings& s);

} // namespace tinybook::config
