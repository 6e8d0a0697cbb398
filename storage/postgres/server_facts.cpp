#include "storage/postgres/server_facts.hpp"

#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/migrate.hpp"
#include "storage/support/synced_clock.hpp"

#include <algorithm>
#include <utility>

namespace tinybook::storage::postgres {

namespace {

constexpr std::chrono::milliseconds patience{3000};

constexpr auto select_server = R"sql(
SELECT current_setting('server_version_num')::bigint, current_setting('server_version'),
  pg_encoding_to_char(d.encoding), pg_is_in_recovery()::int,
  coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)::int,
  (inet_client_addr() IS NULL OR inet_client_addr() <<= '127.0.0.0/8'
    OR inet_client_addr() = '::1')::int,
  coalesce(current_schema()::text, ''),
  coalesce(has_schema_privilege(current_schema()::text, 'CREATE'), false)::int,
  has_database_privilege(d.oid, 'TEMP')::int,
  (SELECT sum(numbackends)::bigint FROM pg_stat_database),
  least(current_setting('max_connections')::bigint
      - current_setting('superuser_reserved_connections')::bigint
      - coalesce(current_setting('reserved_connections', true)::bigint, 0),
    CASE WHEN d.datconnlimit < 0 THEN 1000000 ELSE d.datconnlimit END,
    (SELECT CASE WHEN rolconnlimit < 0 THEN 1000000 ELSE rolconnlimit END
     FROM pg_roles WHERE rolname = session_user))
FROM pg_database d WHERE datname = current_database())sql";

constexpr auto select_tables = R"sql(
SELECT count(*) FILTER (WHERE NOT (has_table_privilege(oid, 'SELECT')
    AND has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE')
    AND has_table_privilege(oid, 'DELETE'))),
  count(*) FILTER (WHERE NOT pg_has_role(relowner, 'USAGE'))
FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = to_regnamespace(current_schema()::text))sql";

// Our own session's values are those of link.cpp: what it began with is behind RESET.
constexpr auto select_settings = R"sql(
SELECT name, coalesce(reset_val, '') FROM pg_settings WHERE name IN ('fsync',
  'full_page_writes', 'synchronous_commit', 'statement_timeout', 'lock_timeout',
  'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout',
  'default_transaction_isolation'))sql";

constexpr auto select_process = "SELECT pg_backend_pid()";

result<done> read_server(link& db, server_facts& into) {
  return as_done(db.one(select_server, [&into](row& r) {
    into.version = r.number();
    into.version_text = r.text();
    into.encoding = r.text();
    into.standby = r.number() != 0;
    into.encrypted = r.number() != 0;
    into.local = r.number() != 0;
    into.schema = r.text();
    into.may_make_tables = r.number() != 0;
    into.may_make_temporary = r.number() != 0;
    into.sessions = r.number();
    into.max_sessions = r.number();
    return done{};
  }));
}

result<done> read_tables(link& db, server_facts& into) {
  return as_done(db.one(select_tables, [&into](row& r) {
    into.closed_tables = r.number();
    into.foreign_tables = r.number();
    return done{};
  }));
}

result<done> read_settings(link& db, server_facts& into) {
  return as_done(db.all(select_settings, [&into](row& r) {
    auto name = r.text();
    into.settings[std::move(name)] = r.text();
    return done{};
  }));
}

result<done> read_clock(link& db, server_facts& into) {
  const auto reading = postgres::read_clock(db);
  if (!reading)
    return reading.error();
  synced_clock clock;
  clock.sync(reading->database_now, reading->before, reading->after);
  into.clock_ahead = clock.ahead_of_system();
  into.clock_doubt =
      std::chrono::ceil<std::chrono::milliseconds>(reading->after - reading->before);
  return done{};
}

/// A pooler makes up the number of the process that it tells when a client connects. One
/// that pools by transaction gives two idle clients the same process.
result<done> look_for_pooler(link& db, const link_options& options,
                             const std::shared_ptr<socket_watchdog>& watchdog,
                             server_facts& into) {
  auto first = db.one(select_process, read_number);
  if (!first)
    return first.error();
  into.pooled = first->value_or(0) != db.raw().backendpid();
  if (!into.pooled)
    return done{};
  auto other = link::open(options, watchdog);
  using number = decltype(first);
  auto second =
      other ? (*other)->one(select_process, read_number) : number{other.error()};
  first = db.one(select_process, read_number);
  for (const auto* answer : {&first, &second})
    if (!*answer && !is_shared_session(answer->error()))
      return answer->error();
  into.pooled_by_transaction = !first || !second || *first == *second;
  return done{};
}

result<done> read_schema(link& db, server_facts& into) {
  into.known_version = postgres_migrations().back().number;
  into.tables = read_version(db);
  if (!into.tables) {
    const bool told = is_refusal(into.tables.error()) || into.closed_tables != 0;
    return told ? result<done>{done{}} : into.tables.error();
  }
  if (into.tables->present < into.known_version
      || into.tables->too_new_for(into.known_version) || into.closed_tables != 0)
    return done{};
  auto replicas = other_replicas(db);
  if (!replicas)
    return replicas.error();
  into.replicas = std::move(*replicas);
  auto keys = keys_in_use(db);
  if (!keys)
    return keys.error();
  into.keys = std::move(*keys);
  return done{};
}

} // namespace

bool is_shared_session(const failure& why) {
  // SQLSTATE of a prepared statement that is there already, and of one that is not.
  return why.detail.ends_with("(42P05)") || why.detail.ends_with("(26000)");
}

result<server_facts> look_at_server(config::postgres_settings settings) {
  settings.connect_timeout = std::min(settings.connect_timeout, patience);
  settings.statement_timeout = std::min(settings.statement_timeout, patience);
  settings.lock_timeout = std::min(settings.lock_timeout, patience);
  auto conninfo = make_conninfo(settings, "doctor");
  if (!conninfo)
    return std::move(conninfo.error());
  const link_options options{.conninfo = std::move(*conninfo),
                             .replica = "doctor",
                             .statement_timeout = settings.statement_timeout,
                             .lock_timeout = settings.lock_timeout,
                             .read_only = true};
  const auto watchdog = std::make_shared<socket_watchdog>();
  auto db = link::open(options, watchdog);
  if (!db)
    return std::move(db.error());
  server_facts out;
  if (auto looked = look_for_pooler(**db, options, watchdog, out); !looked)
    return std::move(looked.error());
  if (out.pooled_by_transaction)
    return out;
  for (auto* look :
       {&read_server, &read_tables, &read_settings, &read_clock, &read_schema})
    if (auto looked = (*look)(**db, out); !looked)
      return std::move(looked.error());
  return out;
}

} // namespace tinybook::storage::postgres
