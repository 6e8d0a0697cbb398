#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/postgres/link.hpp"
#include "storage/result.hpp"

#include <span>

namespace tinybook::storage::postgres {

/// Holds the schema against the one that `steps` make, among the session's temporary
/// tables and in a transaction that is undone. A database whose records say that it is up
/// to date may still have been made by steps of another text, or been changed by hand.
/// Fails with the first part that differs (`is_refusal`). A role that may not make
/// temporary tables is believed.
[[nodiscard]] result<done> check_schema(link& db, std::span<const migration> steps);

} // namespace tinybook::storage::postgres
