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

constexpr auto count_foreign_tables = R"sql(
SELECT (SELECT count(*) FROM sqlite_schema WHERE type = 'table')
     * (SELECT count(*) = 0 FROM sqlite_schema WHERE name = 'schema_migrations'))sql";

constexpr auto read_version = "SELECT coalesce(max(number), 0) FROM schema_migrations";

constexpr auto record_step =
    "INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, ?)";

result<done> refuse_foreign(handle& db) {
  auto foreign = db.one(count_foreign_tables, read_number);
  if (!foreign)
    return foreign.error();
  if (foreign->value_or(0) != 0)
    return failure(errc::unavailable, "the database was not made by tinybook");
  return done{};
}

failure too_new(std::int64_t version, int known) {
  return {errc::unavailable,
          "the database was made by a newer tinybook: its schema has version "
              + std::to_string(version) + ", this program knows versions up to "
              + std::to_string(known)};
}

/// In a transaction, since another opener may have migrated meanwhile.
result<done> apply_missing(handle& db, std::span<const migration> steps, wall_time now,
                           const row_rewrites& rewrites) {
  if (auto ours = refuse_foreign(db); !ours)
    return ours;
  if (auto made = db.exec(make_record_table); !made)
    return made.error();
  auto version = db.one(read_version, read_number);
  if (!version)
    return version.error();
  const auto present = version->value_or(0);
  const auto known = steps.empty() ? 0 : steps.back().number;
  if (present > known)
    return too_new(present, known);
  for (const auto& step : steps) {
    if (step.number <= present)
      continue;
    if (auto applied = db.script(step.sql); !applied)
      return applied;
    if (auto rewritten = rewrite_rows(db, step.then, rewrites, now); !rewritten)
      return rewritten;
    if (auto kept = db.exec(record_step, step.number, step.name, now); !kept)
      return kept.error();
    return done{};
  }
  return done{};
}

} // namespace

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
