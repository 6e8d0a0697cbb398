#include "storage/sqlite/migrate.hpp"

#include "storage/migrations/rewrite_rows.hpp"

#include <string>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto make_record_table = R"sql(
CREATE TABLE IF NOT EXISTS schema_migrations (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT)sql";

constexpr auto find_records = R"sql(
SELECT count(*) FILTER (WHERE name = 'schema_migrations'),
  count(*) FILTER (WHERE name = 'schema_floors'), count(*)
FROM sqlite_schema WHERE type = 'table')sql";

// Not a column of schema_migrations: programs that know nothing of it compare that table.
constexpr auto make_floor_table = R"sql(
CREATE TABLE IF NOT EXISTS schema_floors (
  number INTEGER PRIMARY KEY,
  floor INTEGER NOT NULL
) STRICT)sql";

constexpr auto read_present = "SELECT coalesce(max(number), 0) FROM schema_migrations";
constexpr auto read_floor = "SELECT floor FROM schema_floors WHERE number = ?";
constexpr auto record_floor = R"sql(
INSERT INTO schema_floors (number, floor) VALUES (?1, ?2)
ON CONFLICT (number) DO UPDATE SET floor = ?2)sql";

constexpr auto record_step =
    "INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, ?)";

struct records {
  bool kept = false;
  bool floor_kept = false;
  std::int64_t tables = 0;
};

result<done> record(handle& db, const migration& step, const schema_version& version,
                    wall_time now) {
  if (auto kept = db.exec(record_step, step.number, step.name, now); !kept)
    return kept.error();
  if (auto made = db.exec(make_floor_table); !made)
    return made.error();
  return as_done(db.exec(record_floor, step.number, version.floor));
}

/// In a transaction, since another opener may have migrated meanwhile.
result<done> apply_missing(handle& db, std::span<const migration> steps, wall_time now,
                           const row_rewrites& rewrites) {
  auto version = read_version(db);
  if (!version)
    return version.error();
  if (auto made = db.exec(make_record_table); !made)
    return made.error();
  const auto known = steps.empty() ? 0 : steps.back().number;
  if (version->too_new_for(known))
    return failure{errc::unavailable, "the database was made by a newer tinybook"
                                          + too_new_text(*version, known)};
  for (const auto& step : steps) {
    if (step.number <= version->present)
      continue;
    if (auto applied = db.script(step.sql); !applied)
      return applied;
    if (auto rewritten = rewrite_rows(db, step.then, rewrites, now); !rewritten)
      return rewritten;
    return record(db, step, version->with(step), now);
  }
  return done{};
}

} // namespace

result<schema_version> read_version(handle& db) {
  auto found = db.one(find_records, [](row& r) {
    return records{r.number() != 0, r.number() != 0, r.number()};
  });
  if (!found)
    return found.error();
  const auto [kept, floor_kept, tables] = found->value_or(records{});
  if (!kept && tables != 0)
    return failure(errc::unavailable, "the database was not made by tinybook");
  if (!kept)
    return schema_version{};
  auto present = db.one(read_present, read_number);
  if (!present)
    return present.error();
  schema_version out{.present = present->value_or(0), .floor = present->value_or(0)};
  if (!floor_kept)
    return out;
  auto floor = db.one(read_floor, read_number, out.present);
  if (!floor)
    return floor.error();
  out.floor = floor->value_or(out.present);
  return out;
}

result<done> migrate(handle& db, std::span<const migration> steps, wall_time now,
                     const row_rewrites& rewrites) {
  // One step per transaction; one round more than there are steps, so that a database
  // that needs none is checked, too.
  for (std::size_t i = 0; i <= steps.size(); ++i) {
    auto applied = db.transact([&] { return apply_missing(db, steps, now, rewrites); });
    if (!applied)
      return applied;
  }
  return done{};
}

} // namespace tinybook::storage::sqlite
