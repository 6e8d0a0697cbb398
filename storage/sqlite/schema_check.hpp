#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/result.hpp"
#include "storage/sqlite/handle.hpp"

#include <span>

namespace tinybook::storage::sqlite {

/// Compares the schema with the one that `steps` make (in memory). A database whose
/// records say that it is up to date may still have been made by edited steps, or been
/// changed by hand. Fails with the first part that differs.
[[nodiscard]] result<done> check_schema(handle& db, std::span<const migration> steps);

} // namespace tinybook::storage::sqlite
