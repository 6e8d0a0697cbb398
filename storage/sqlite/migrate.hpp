#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"
#include "storage/sqlite/handle.hpp"

#include <span>

namespace tinybook::storage::sqlite {

/// The version of the schema; fails where another program made the database.
[[nodiscard]] result<schema_version> read_version(handle& db);

/// Brings the schema to the last of `steps`. Each step and its record are one transaction
/// under the writer's lock, so any number of openers may call this at once, and a crash
/// leaves no half of a step. A newer schema is left as it is. Fails, changing nothing,
/// where that is too new for this program, or was made by another one.
[[nodiscard]] result<done> migrate(handle& db, std::span<const migration> steps,
                                   wall_time now, const row_rewrites& rewrites = {});

} // namespace tinybook::storage::sqlite
