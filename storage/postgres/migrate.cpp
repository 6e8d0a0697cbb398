#include "storage/postgres/migrate.hpp"

#include "storage/migrations/rewrite_rows.hpp"

#include <chrono>
#include <string>

namespace tinybook::storage::postgres {

namespace {

/// How long migrating may take, including the wait for another replica's steps.
constexpr auto migration_patience = std::chrono::minutes{10};

// Any fixed number: "tinybook" in bytes.
constexpr auto take_lock = R"sql(
BEGIN READ WRITE;
SET LOCAL statement_timeout = 0;
SET LOCAL lock_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SELECT pg_advisory_xact_lock(8388355926253301611))sql";

constexpr auto find_records = R"sql(
SELECT (to_regclass('schema_migrations') IS NOT NULL)::int,
  (to_regclass('schema_floors') IS NOT NULL)::int,
  (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()))sql";

constexpr auto make_record_table = R"sql(
CREATE TABLE schema_migrations (
  number integer PRIMARY KEY,
  name text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
))sql";

// Not a column of schema_migrations: programs that know nothing of it compare that table.
constexpr auto make_floor_table = R"sql(
CREATE TABLE IF NOT EXISTS schema_floors (
  number integer PRIMARY KEY,
  floor integer NOT NULL
))sql";

constexpr auto read_present = "SELECT coalesce(max(number), 0) FROM schema_migrations";
constexpr auto read_floor = "SELECT floor FROM schema_floors WHERE number = $1";
constexpr auto record_floor = R"sql(
INSERT INTO schema_floors (number, floor) VALUES ($1, $2)
ON CONFLICT (number) DO UPDATE SET floor = $2)sql";

constexpr auto record_step =
    "INSERT INTO schema_migrations (number, name) VALUES ($1, $2)";

constexpr std::string_view newer = "postgres: the database was made by a newer tinybook";
constexpr std::string_view foreign = "postgres: the database was not made by tinybook";

struct records {
  bool kept = false;
  bool floor_kept = false;
  std::int64_t tables = 0;
};

result<done> apply(link& db, const migration& step, const schema_version& version,
                   const row_rewrites& rewrites) {
  if (auto applied = db.script(step.sql, migration_patience); !applied)
    return applied.error();
  if (auto rewritten = rewrite_rows(db, step.then, rewrites, system_now()); !rewritten)
    return rewritten;
  if (auto recorded = db.exec(record_step, step.number, step.name); !recorded)
    return recorded.error();
  if (auto made = db.script(make_floor_table); !made)
    return made.error();
  return as_done(db.exec(record_floor, step.number, version.floor));
}

/// Under the lock, since another replica may have migrated meanwhile.
result<done> apply_missing(link& db, std::span<const migration> steps,
                           const row_rewrites& rewrites) {
  auto version = read_version(db);
  if (!version)
    return version.error();
  if (version->present == 0)
    if (auto made = db.script(make_record_table); !made)
      return made.error();
  for (const auto& step : steps) {
    if (step.number <= version->present)
      continue;
    version = version->with(step);
    if (auto applied = apply(db, step, *version, rewrites); !applied)
      return applied;
  }
  return done{};
}

} // namespace

result<schema_version> read_version(link& db) {
  auto found = db.one(find_records, [](row& r) {
    return records{r.number() != 0, r.number() != 0, r.number()};
  });
  if (!found)
    return found.error();
  const auto [kept, floor_kept, tables] = found->value_or(records{});
  if (!kept && tables != 0)
    return failure(errc::unavailable, std::string(foreign));
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

result<done> ensure_schema(link& db, std::span<const migration> steps,
                           const row_rewrites& rewrites) {
  const auto known = steps.empty() ? 0 : steps.back().number;
  auto version = read_version(db);
  if (!version)
    return version.error();
  if (version->too_new_for(known))
    return failure{errc::unavailable, std::string(newer) + too_new_text(*version, known)};
  if (version->present >= known)
    return done{};
  if (auto locked = db.script(take_lock, migration_patience); !locked)
    return locked.error();
  auto applied = apply_missing(db, steps, rewrites);
  const auto ended = db.script(applied ? "COMMIT" : "ROLLBACK", migration_patience);
  if (applied && !ended)
    return ended.error();
  return applied;
}

bool is_refusal(const failure& why) {
  return why.detail.starts_with(newer) || why.detail.starts_with(foreign)
         || why.detail.starts_with(other_schema);
}

} // namespace tinybook::storage::postgres
