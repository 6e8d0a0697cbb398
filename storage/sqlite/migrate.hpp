#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"
#include "storage/sqlite/handle.hpp"

#include <span>

namespace tinybook::storage::sqlite {

/// Brings the schema to the last of `steps`. Each step and its record are one transaction
/// under the writer's lock, so any number of openers may call this at once, and a crash
/// leaves no half of a step. Fails, changing nothing, where the database was made by a
/// newer version or by another program.
[[nodiscard]] result<done> migrate(handle& db, std::span<const migration> steps,
                                   wall_time now, const row_rewrites& rewrites = {});

} // namespace tinybook::storage::sqlite
