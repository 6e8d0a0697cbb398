#pragma once

#include <string>
#include <vector>

namespace tinybook::storage {

/// A column, a constraint, an index, a trigger or a table, as the engine's catalogue
/// lists it.
struct schema_part {
  std::string table;      ///< Its table; empty for an index that is not unique.
  std::string name;       ///< Such as `column users.email`.
  std::string definition; ///< Its type and rules, or the statement that makes it.
};

/// How the schema that was `found` differs from the one that the migrations make, in the
/// order of `expected`; empty = it does not. Tables and indexes that an operator has
/// added are no difference; additional columns, constraints, unique indexes and triggers
/// of our tables are.
[[nodiscard]] std::string schema_difference(const std::vector<schema_part>& expected,
                                            const std::vector<schema_part>& found);

/// The same for a schema that a newer version has made: only whether the columns that
/// this one knows are there and as they were.
[[nodiscard]] std::string missing_columns(const std::vector<schema_part>& expected,
                                          const std::vector<schema_part>& found);

} // namespace tinybook::storage
