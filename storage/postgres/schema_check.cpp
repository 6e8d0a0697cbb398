#include "storage/postgres/schema_check.hpp"

#include "storage/migrations/schema_parts.hpp"
#include "storage/postgres/migrate.hpp"

#include <string>
#include <utility>
#include <vector>

namespace tinybook::storage::postgres {

namespace {

// The catalogue names the schema of an index and of what it belongs to, which is not
// compared.
constexpr auto select_parts = R"sql(
WITH tables AS (
  SELECT oid, relname AS name FROM pg_class
  WHERE relkind IN ('r', 'p') AND relname NOT IN ('schema_migrations', 'schema_floors') AND relnamespace =
    CASE WHEN $1::int = 1 THEN pg_my_temp_schema() ELSE current_schema()::text::regnamespace::oid END)
SELECT t.name, 'column ' || t.name || '.' || a.attname,
  format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || CASE a.attidentity WHEN '' THEN '' ELSE ' IDENTITY' END
    || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid
  LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT t.name, 'constraint ' || t.name || '.' || c.conname, pg_get_constraintdef(c.oid)
FROM tables t JOIN pg_constraint c ON c.conrelid = t.oid
WHERE c.contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL
SELECT CASE WHEN x.indisunique THEN t.name ELSE '' END, 'index ' || i.relname,
  regexp_replace(pg_get_indexdef(i.oid), ' ON (ONLY )?[^ ]+ ', ' ON ' || t.name || ' ')
FROM tables t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
UNION ALL
SELECT t.name, 'trigger ' || g.tgname, pg_get_triggerdef(g.oid)
FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal
)sql";

constexpr auto may_make_temporary_tables =
    "SELECT has_database_privilege(current_database(), 'TEMP')::int";

constexpr auto begin_aside = "BEGIN READ WRITE; SET LOCAL search_path = pg_temp";

result<std::vector<schema_part>> parts_of(link& db, bool aside) {
  return db.all(
      select_parts,
      [](row& r) {
        return schema_part{.table = r.text(), .name = r.text(), .definition = r.text()};
      },
      aside);
}

result<std::vector<schema_part>> made_by(link& db, std::span<const migration> steps) {
  if (auto begun = db.script(begin_aside); !begun)
    return begun.error();
  for (const auto& step : steps)
    if (auto applied = db.script(step.sql); !applied)
      return applied.error();
  return parts_of(db, true);
}

} // namespace

result<done> check_schema(link& db, std::span<const migration> steps) {
  const auto allowed = db.one(may_make_temporary_tables, read_number);
  if (!allowed)
    return allowed.error();
  if (allowed->value_or(0) == 0)
    return done{};
  auto expected = made_by(db, steps);
  const auto undone = db.script("ROLLBACK");
  if (!expected)
    return expected.error();
  if (!undone)
    return undone.error();
  auto found = parts_of(db, false);
  if (!found)
    return found.error();
  auto version = read_version(db);
  if (!version)
    return version.error();
  const bool later = std::cmp_greater(version->present, steps.back().number);
  if (auto differs = later ? missing_columns(*expected, *found)
                           : schema_difference(*expected, *found);
      !differs.empty())
    return failure(errc::unavailable, std::string{other_schema} + ": "
                                          + std::move(differs)
                                          + "; restore a backup, or begin with an empty "
                                            "database");
  return done{};
}

} // namespace tinybook::storage::postgres
