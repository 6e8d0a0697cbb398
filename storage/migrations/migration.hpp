#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tinybook::storage {

/// What is done with the rows after the statements of a step.
enum class rewrite : std::uint8_t {
  nothing,
  phones, ///< To their canonical form.
  emails, ///< To their canonical form.
};

/// One step of the schema. A step that was released never changes: corrections come with
/// a new step. While replicas are replaced one after the other, programs of the release
/// before work on the new schema: a step adds what they need not know (`works_with`), and
/// what nobody uses any more goes one release later.
struct migration {
  int number = 0; ///< 1, 2, … without a gap.
  std::string_view name;
  const char* sql = ""; ///< Statements; they run in one transaction with their record.
  rewrite then = rewrite::nothing;
  /// The oldest schema whose programs can work behind this step; 0 = `number`, so that
  /// all older programs are refused.
  int works_with = 0;
};

/// All steps of the SQLite schema, in order.
[[nodiscard]] std::span<const migration> sqlite_migrations();

/// The version of a database's schema.
struct schema_version {
  std::int64_t present = 0; ///< The number of its last step; 0 = there is none yet.
  std::int64_t floor = 0;   ///< The oldest schema whose programs can work with it.

  /// With the step behind it.
  [[nodiscard]] schema_version with(const migration& step) const;
  /// Whether a program that knows the steps up to `known` must leave it alone.
  [[nodiscard]] bool too_new_for(std::int64_t known) const {
    return present > known && floor > known;
  }
};

/// How a refusal of a database that is too new goes on, behind "made by a newer
/// tinybook".
[[nodiscard]] std::string too_new_text(const schema_version& version, std::int64_t known);

/// All steps of the PostgreSQL schema, in order.
[[nodiscard]] std::span<const migration> postgres_migrations();

} // namespace tinybook::storage
