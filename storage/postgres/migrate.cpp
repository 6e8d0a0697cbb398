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
  (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()))sql";

constexpr auto make_record_table = R"sql(
CREATE TABLE schema_migrations (
  number integer PRIMARY KEY,
  name text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
))sql";

constexpr auto read_version = "SELECT coalesce(max(number), 0) FROM schema_migrations";

constexpr auto record_step =
    "INSERT INTO schema_migrations (number, name) VALUES ($1, $2)";

constexpr std::string_view newer = "postgres: the database was made by a newer tinybook";
constexpr std::string_view foreign = "postgres: the database was not made by tinybook";

struct records {
  bool kept = false;
  std::int64_t tables = 0;
};

/// The version of the schema; 0 = there is none yet.
result<std::int64_t> present_version(link& db) {
  auto found = db.one(find_records, [](row& r) {
    return records{r.number() != 0, r.number()};
  });
  if (!found)
    return found.error();
  const auto [kept, tables] = found->value_or(records{});
  if (!kept && tables != 0)
    return failure(errc::unavailable, std::string(foreign));
  if (!kept)
    return 0;
  auto version = db.one(read_version, read_number);
  if (!version)
    return version.error();
  return version->value_or(0);
}

failure too_new(std::int64_t version, int known) {
  return {errc::unavailable,
          std::string(newer) + ": its schema has version " + std::to_string(version)
              + ", this program knows versions up to " + std::to_string(known)};
}

result<done> apply(link& db, const migration& step, const row_rewrites& rewrites) {
  if (auto applied = db.script(step.sql, migration_patience); !applied)
    return applied.error();
  if (auto rewritten = rewrite_rows(db, step.then, rewrites, system_now()); !rewritten)
    return rewritten;
  return as_done(db.exec(record_step, step.number, step.name));
}

/// Under the lock, since another replica may have migrated meanwhile.
result<done> apply_missing(link& db, std::span<const migration> steps,
                           const row_rewrites& rewrites) {
  auto version = present_version(db);
  if (!version)
    return version.error();
  if (*version == 0)
    if (auto made = db.script(make_record_table); !made)
      return made.error();
  for (const auto& step : steps)
    if (step.number > *version)
      if (auto applied = apply(db, step, rewrites); !applied)
        return applied;
  return done{};
}

} // namespace

result<done> ensure_schema(link& db, std::span<const migration> steps,
                           const row_rewrites& rewrites) {
  const auto known = steps.empty() ? 0 : steps.back().number;
  auto version = present_version(db);
  if (!version)
    return version.error();
  if (*version > known)
    return too_new(*version, known);
  if (*version == known)
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
