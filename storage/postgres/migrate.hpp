#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/postgres/link.hpp"
#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"

#include <span>
#include <string_view>

namespace tinybook::storage::postgres {

/// Brings the schema to the last of `steps`; one read where it is there already. Any
/// number of connections may call this at once: the steps run under a lock of the
/// database, each in one transaction with its record. Fails, changing nothing, where the
/// database was made by a newer version (`is_refusal`) or by another program.
[[nodiscard]] result<done> ensure_schema(link& db, std::span<const migration> steps,
                                         const row_rewrites& rewrites = {});

/// How the failure of `check_schema` begins.
inline constexpr std::string_view other_schema =
    "postgres: the schema is not that of this tinybook";

/// Whether the failure will not pass by itself: a database of a newer version or of
/// another program, or a schema that differs.
[[nodiscard]] bool is_refusal(const failure& why);

} // namespace tinybook::storage::postgres
