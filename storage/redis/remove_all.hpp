#pragma once

#include "storage/redis/connection.hpp"
#include "storage/result.hpp"

#include <cstdint>
#include <string>

namespace tinybook::storage::redis {

/// Removes every key below `prefix` and returns how many there were. What uses them is to
/// stand still meanwhile. Fails as `connection::run` does.
[[nodiscard]] result<std::int64_t> remove_all(connection& db, const std::string& prefix);

} // namespace tinybook::storage::redis
