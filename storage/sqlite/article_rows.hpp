#pragma once

#include "storage/result.hpp"
#include "storage/sqlite/handle.hpp"
#include "storage/types.hpp"

#include <string_view>

namespace tinybook::storage::sqlite {

/// Gives each published article of `author` the new name, a version and an event. Inside
/// the transaction that renames the author.
[[nodiscard]] result<done> rename_author(handle& db, user_id author,
                                         std::string_view name, wall_time now);

} // namespace tinybook::storage::sqlite
