#include "storage/sqlite/schema_check.hpp"

#include "storage/migrations/schema_parts.hpp"
#include "storage/sqlite/migrate.hpp"

#include <utility>
#include <vector>

namespace tinybook::storage::sqlite {

namespace {

// Columns first: a difference reads more plainly there than in the statement of the
// table. The tables of SQLite itself (sqlite_stat1 of ANALYZE, for one) come and go; a
// database to which a version that knows of schema_floors has added nothing has none.
constexpr auto select_parts = R"sql(
SELECT t.name, 'column ' || t.name || '.' || c.name,
  c.type || iif(c."notnull", ' NOT NULL', '')
         || coalesce(' DEFAULT ' || c.dflt_value, '')
FROM sqlite_schema t, pragma_table_xinfo(t.name) c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND t.name <> 'schema_floors'
UNION ALL
SELECT CASE WHEN type = 'table' THEN name
            WHEN type = 'trigger' OR sql LIKE 'CREATE UNIQUE INDEX %' THEN tbl_name
            ELSE '' END,
  type || ' ' || name, sql FROM sqlite_schema
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
  AND tbl_name <> 'schema_floors')sql";

result<std::vector<schema_part>> parts_of(handle& db) {
  return db.all(select_parts, [](row& r) {
    return schema_part{.table = r.text(), .name = r.text(), .definition = r.text()};
  });
}

result<std::vector<schema_part>> made_by(std::span<const migration> steps) {
  auto fresh = handle::open(":memory:", {.read_only = false});
  if (!fresh)
    return fresh.error();
  if (auto made = migrate(**fresh, steps, wall_time{}); !made)
    return made.error();
  return parts_of(**fresh);
}

} // namespace

result<done> check_schema(handle& db, std::span<const migration> steps) {
  auto expected = made_by(steps);
  if (!expected)
    return expected.error();
  auto found = parts_of(db);
  if (!found)
    return found.error();
  auto version = read_version(db);
  if (!version)
    return version.error();
  const bool later = std::cmp_greater(version->present, steps.back().number);
  if (auto differs = later ? missing_columns(*expected, *found)
                           : schema_difference(*expected, *found);
      !differs.empty())
    return failure(errc::unavailable,
                   "the schema is not that of this tinybook: " + std::move(differs)
                       + "; restore a backup, or begin with an empty "
                         "folder");
  return done{};
}

} // namespace tinybook::storage::sqlite
