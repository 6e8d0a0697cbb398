#include "storage/postgres/migrate.hpp"

#include "storage/migrations/rewrite_rows.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace tinybook::storage::postgres {

namespace {

/// What the steps of another replica, which we wait for, and our own may take.
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

/// The version of the schema; 0 = there is none yet.
result<int> present_version(link& db) {
  auto found = db.run(find_records, {});
  if (!found)
    return found.error();
  row r(found->at(0));
  const bool recorded = r.number() != 0;
  if (!recorded && r.number() != 0)
    return failure(errc::unavailable, std::string(foreign));
  if (!recorded)
    return 0;
  auto version = db.run(read_version, {});
  if (!version)
    return version.error();
  return row(version->at(0)).number<int>();
}

failure too_new(int version, int known) {
  return {errc::unavailable,
          std::string(newer) + ": its schema has version " + std::to_string(version)
              + ", this program knows versions up to " + std::to_string(known)};
}

/// A link as `phone_rewriter` runs SQL.
class link_statements {
 public:
  explicit link_statements(link& db) : db_(db) {}

  template <class... Args>
  result<pqxx::result> exec(const char* sql, const Args&... args) {
    binder values;
    (values.bind(args), ...);
    return db_.run(sql, values);
  }

  template <class Read, class... Args>
  auto all(const char* sql, Read read, const Args&... args)
      -> result<std::vector<std::invoke_result_t<Read, row&>>> {
    auto found = exec(sql, args...);
    if (!found)
      return found.error();
    std::vector<std::invoke_result_t<Read, row&>> out;
    for (const auto& columns : *found) {
      row r(columns);
      out.push_back(read(r));
    }
    return out;
  }

  template <class Read, class... Args>
  auto one(const char* sql, Read read, const Args&... args)
      -> result<std::optional<std::invoke_result_t<Read, row&>>> {
    auto found = all(sql, read, args...);
    if (!found)
      return found.error();
    std::optional<std::invoke_result_t<Read, row&>> out;
    if (!found->empty())
      out = std::move(found->front());
    return out;
  }

 private:
  link& db_;
};

result<done> apply(link& db, const migration& step, const row_rewrites& rewrites) {
  if (auto applied = db.script(step.sql, migration_patience); !applied)
    return applied.error();
  link_statements statements(db);
  if (auto rewritten = rewrite_rows(statements, step.then, rewrites, system_now());
      !rewritten)
    return rewritten;
  binder values;
  values.bind(step.number);
  values.bind(step.name);
  return as_done(db.run(record_step, values));
}

/// Under the lock: another replica may have been here since we looked last.
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
