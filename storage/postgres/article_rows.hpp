#pragma once

#include "storage/article_store.hpp"
#include "storage/postgres/handle.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <string_view>

namespace tinybook::storage::postgres {

/// Writes the event that tells the present state of `id`, with the counts of `day` (0 =
/// of no day). Inside the transaction that made the state.
[[nodiscard]] result<done> tell(handle& db, article_id id, std::int32_t day,
                                wall_time now);

/// Gives each published article of `author` the new name, a version and an event. Inside
/// the transaction that renames the author.
[[nodiscard]] result<done> rename_author(handle& db, user_id author,
                                         std::string_view name, wall_time now);

/// Reads an event whose columns stand in the order of the struct.
[[nodiscard]] article_event read_event(row& r);

} // namespace tinybook::storage::postgres
