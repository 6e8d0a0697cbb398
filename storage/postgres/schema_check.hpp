#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/postgres/link.hpp"
#include "storage/result.hpp"

#include <span>

namespace tinybook::storage::postgres {

/// Compares the schema with the one that `steps` make, as temporary tables in a
/// transaction that is rolled back. A database whose records say that it is up to date
/// may still have been made by edited steps, or been changed by hand. Fails with the
/// first part that differs (`is_refusal`). Skipped for a role that may not make temporary
/// tables.
[[nodiscard]] result<done> check_schema(link& db, std::span<const migration> steps);

} // namespace tinybook::storage::postgres
