#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tinybook::storage {

/// What is done with the rows after the statements of a step.
enum class rewrite : std::uint8_t {
  nothing,
  phones, ///< To their canonical form.
  emails, ///< To their canonical form.
};

/// One step of the schema. A step that was released never changes: corrections come with
/// a new step.
struct migration {
  int number = 0; ///< 1, 2, … without a gap.
  std::string_view name;
  const char* sql = ""; ///< Statements; they run in one transaction with their record.
  rewrite then = rewrite::nothing;
};

/// All steps of the SQLite schema, in order.
[[nodiscard]] std::span<const migration> sqlite_migrations();

/// All steps of the PostgreSQL schema, in order.
[[nodiscard]] std::span<const migration> postgres_migrations();

} // namespace tinybook::storage
