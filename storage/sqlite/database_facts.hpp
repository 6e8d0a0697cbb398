#pragma once

#include "storage/key_use.hpp"
#include "storage/migrations/migration.hpp"
#include "storage/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace tinybook::storage::sqlite {

/// What a database file tells to whoever only looks at it.
struct database_facts {
  schema_version schema;  ///< Of its tables.
  std::int64_t known = 0; ///< The version that this program makes.
  // Looked at where this program can work with it as it is.
  std::optional<failure> misfit{}; ///< How the schema differs from what it should be.
  std::optional<key_use> keys{};
};

/// Looks at the database of a data folder, also while a server works on it, and makes and
/// changes no file there. Nothing where there is none. Fails with `unavailable` where it
/// cannot be read, was made by another program, or lacks a part of its log (`-shm`),
/// which only a server puts right.
[[nodiscard]] result<std::optional<database_facts>>
look_at_database(const std::filesystem::path& folder);

} // namespace tinybook::storage::sqlite
