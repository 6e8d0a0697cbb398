#include "storage/postgres/migrate.hpp"

#include "actors/system/event_log.hpp"
#include "actors/wiring/configs.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "config/local_parts.hpp"
#include "http/app/start_checks.hpp"
#include "http/commands/commands.hpp"
#include "http/log/actor_log.hpp"
#include "storage/migrations/migration.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/replica_session.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/migrate.hpp"
#include "storage/support/calendar.hpp"
#include "storage/support/key_file.hpp"
#include "storage/support/private_file.hpp"
#include "storage/transfer/transfer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace tinybook::http {

using config::exit_code;
using storage::checked_table;
using storage::postgres::link;
using storage::postgres::replica_session;

namespace {

constexpr std::chrono::minutes longest_copy{30};

/// Only what this version knows is copied, and every text must have a place.
result<done> check_versions(storage::sqlite::handle& from, link& to) {
  const auto own = storage::sqlite::read_version(from);
  if (!own)
    return own.error();
  const auto shared = storage::postgres::read_version(to);
  if (!shared)
    return shared.error();
  const auto known = std::max(own->present, shared->present);
  if (known > storage::sqlite_migrations().back().number)
    return failure{errc::unavailable, "a newer tinybook has made this data (schema "
                                          + std::to_string(known)
                                          + "): migrate with that"};
  const auto encoding =
      to.one("SHOW server_encoding", [](storage::row& r) { return r.text(); });
  if (!encoding)
    return encoding.error();
  if (encoding->value_or("") != "UTF8")
    return failure{errc::unavailable,
                   "--to: the database has the encoding " + encoding->value_or("")
                       + "; make one with UTF8 (createdb --encoding UTF8 --template "
                         "template0)"};
  return done{};
}

/// No server is to begin on the folder, at the next start of the machine say.
std::string mark_moved(const std::string& folder) {
  const auto note = std::filesystem::path{folder} / moved_note;
  const auto text =
      "Its data was moved to PostgreSQL at " + format_rfc3339(system_now()) + ".\n";
  if (write_private_file(note, text))
    return "The old folder stays as it was; no server begins on it as long as "
           + note.string() + " is there.\n";
  return "The old folder stays as it was, but " + note.string()
         + " cannot be written: start no server on it, or the SMS that wait are sent a "
           "second time.\n";
}

/// The target is told first, so that a mistake there costs no wait.
result<std::vector<checked_table>> move_into(storage::postgres_options options,
                                             const config::settings& s) {
  auto shared = storage::postgres_database::open(std::move(options));
  if (!shared)
    return failure{errc::unavailable, "--to: " + shared.error().detail};
  const std::shared_ptr<storage::postgres_database> to = std::move(*shared);
  replica_session session{to, {"migrate"}};
  const auto [what, why] = session.take_place();
  if (what == storage::postgres::place::taken)
    return failure{errc::unavailable, "replicas are at work on the PostgreSQL database"};
  if (what != storage::postgres::place::held)
    return failure{errc::unavailable, why};
  // Takes the folder, so that no server runs, and brings its schema up to date.
  auto own = storage::sqlite_database::open({.folder = s.storage.path,
                                             .busy_timeout = s.storage.busy_timeout,
                                             .rewrites = rewrites_to_log()});
  if (!own)
    return own.error();
  auto from = storage::sqlite::handle::open(std::filesystem::path{s.storage.path}
                                                / storage::sqlite::database_file,
                                            {.busy_timeout = s.storage.busy_timeout});
  if (!from)
    return from.error();
  auto target = link::open(to->session_options(false), to->watchdog());
  if (!target)
    return target.error();
  if (auto fit = check_versions(**from, **target); !fit)
    return fit.error();
  return storage::transfer(**from, **target, [](const storage::table_transfer& t) {
    std::fprintf(stderr, "%s: %lld of %lld rows\n", std::string{t.table}.c_str(),
                 static_cast<long long>(t.rows), static_cast<long long>(t.of));
  });
}

std::string report(const std::vector<checked_table>& tables) {
  std::string out;
  std::int64_t rows = 0;
  for (const auto& t : tables) {
    out += t.checksum + ' ' + std::to_string(t.rows) + ' ' + std::string{t.table} + '\n';
    rows += t.rows;
  }
  return out + std::to_string(rows) + " rows of " + std::to_string(tables.size())
         + " tables are in PostgreSQL; each table has the same rows and checksum as in "
           "SQLite.\n";
}

std::string what_next(const config::settings& s) {
  const auto keys = config::key_file_of(s).string();
  return "Next: storage.database = \"postgres\", postgres.url as given here, and "
         "keys.file "
         "= \""
         + keys + "\" or a copy of it: without these keys all sessions end.\n";
}

} // namespace

config::exit_request do_task(const config::migrate_task& task) {
  auto s = task.from;
  s.storage.path = std::filesystem::absolute(s.storage.path).lexically_normal().string();
  if (s.storage.database != config::database_kind::sqlite)
    return {exit_code::bad_usage,
            {},
            "migrate reads from SQLite: storage.database must be \"sqlite\"; where it "
            "writes to stands behind --to\n"};
  std::error_code error;
  const auto file =
      std::filesystem::path{s.storage.path} / storage::sqlite::database_file;
  if (!std::filesystem::exists(file, error))
    return {exit_code::failed, {}, file.string() + " is not there\n"};
  if (task.to.empty())
    return {exit_code::bad_usage,
            {},
            "--to is empty; use an address such as "
            "postgresql://tinybook@db.example.org:5432/tinybook\n"};
  if (s.keys.file.empty())
    if (auto kept = refuse_lost_keys(s.storage.path, false); !kept)
      return {exit_code::failed, {}, kept.error().detail + "\n"};
  const auto log = std::make_shared<log_writer>(s.log, STDERR_FILENO);
  write_events_of_actors(log);
  auto options = postgres_from(s);
  options.url = task.to;
  options.gated = false;
  options.statement_timeout = longest_copy;
  const auto moved = move_into(std::move(options), s);
  set_log_target(nullptr);
  if (!moved)
    return {exit_code::failed, {}, moved.error().detail + "\n"};
  return {exit_code::ok, report(*moved) + what_next(s) + mark_moved(s.storage.path), {}};
}

} // namespace tinybook::http
