#pragma once

#include "storage/migrations/migration.hpp"
#include "storage/postgres/link.hpp"
#include "storage/result.hpp"
#include "storage/row_rewrites.hpp"

#include <span>
#include <string_view>

namespace tinybook::storage::postgres {

/// The version of the schema; a failure that is a refusal where another program made it.
[[nodiscard]] result<schema_version> read_version(link& db);

/// Brings the schema to the last of `steps`; one read where it is there already. Any
/// number of connections may call this at once: the steps run under a lock of the
/// database, each in one transaction with its record. A newer schema is left as it is.
/// Fails, changing nothing, where that is too new for this program, or was made by
/// another one (`is_refusal`).
[[nodiscard]] result<done> ensure_schema(link& db, std::span<const migration> steps,
                                         const row_rewrites& rewrites = {});

/// How the failure of `check_schema` begins.
inline constexpr std::string_view other_schema =
    "postgres: the schema is not that of this tinybook";

/// Whether the failure will not pass by itself: a database of a newer version or of
/// another program, or a schema that differs.
[[nodiscard]] bool is_refusal(const failure& why);

} // namespace tinybook::storage::postgres
