#include "actors/system/event_log.hpp"
#include "actors/wiring/configs.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "config/local_parts.hpp"
#include "http/app/start_checks.hpp"
#include "http/commands/commands.hpp"
#include "http/log/actor_log.hpp"
#include "http/text_tools.hpp"
#include "storage/backup_manifest.hpp"
#include "storage/kafka/topic.hpp"
#include "storage/key_use.hpp"
#include "storage/migrations/migration.hpp"
#include "storage/postgres/database.hpp"
#include "storage/postgres/link.hpp"
#include "storage/postgres/migrate.hpp"
#include "storage/postgres/replica_session.hpp"
#include "storage/redis/remove_all.hpp"
#include "storage/restored_backup.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/handle.hpp"
#include "storage/support/calendar.hpp"
#include "storage/support/key_file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace tinybook::http {

using config::exit_code;
using config::waiting_sms;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kafka_patience{20};

/// Where the files of a backup stand until all is done: a server finds no database yet.
constexpr auto draft_name = interrupted_restore;

/// What a folder that counts as empty may hold. The keys of an attempt that was
/// interrupted stand there while its database is still a draft.
bool is_nothing(const fs::path& name, bool begun) {
  constexpr std::array<std::string_view, 4> nothing{"tinybook.lock", "admin.token",
                                                    "lost+found", draft_name};
  return std::ranges::find(nothing, name.string()) != nothing.end()
         || (begun && name == own_keys_file);
}

result<done> check_empty(const fs::path& folder) {
  std::error_code error;
  const bool begun = fs::exists(folder / draft_name, error);
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (!is_nothing(entry.path().filename(), begun))
      return failure{errc::unavailable,
                     folder.string() + " (storage.path) holds "
                         + entry.path().filename().string()
                         + ": a backup is restored into an empty folder"};
  if (error)
    return failure{errc::unavailable, folder.string() + ": " + error.message()};
  return done{};
}

/// What it needs to be one, and that it is not in the folder that it goes into.
result<done> check_source(const storage::backup_manifest& manifest, const fs::path& from,
                          const fs::path& folder, bool own_keys) {
  const auto refuse = [&](const char* why) {
    return failure{errc::unavailable, from.string() + ' ' + why};
  };
  std::error_code error;
  const auto source = fs::weakly_canonical(from, error).string() + '/';
  if (source.starts_with(fs::weakly_canonical(folder, error).string() + '/'))
    return refuse("is in the folder that it is to go into (storage.path)");
  if (!manifest.has(storage::sqlite::database_file))
    return refuse("holds no database: its manifest names no tinybook.db");
  if (own_keys && !manifest.has(own_keys_file))
    return refuse("holds no keys: set keys.file to those that belong to it");
  return done{};
}

result<done> copy_files(const storage::backup_manifest& manifest, const fs::path& from,
                        const fs::path& to) {
  for (const auto& file : manifest.files) {
    std::error_code error;
    fs::copy_file(from / file.name, to / file.name, error);
    if (error)
      return failure{errc::unavailable, (to / file.name).string()
                                            + " cannot be written: " + error.message()};
    // The copy has the mode of what was copied, and is not on the disk yet.
    if (auto closed = storage::sqlite::prepare_file(to / file.name); !closed)
      return closed;
  }
  // They are whole before anything is done with them.
  return storage::check_files(to, manifest);
}

/// With other keys every session is void, and a message that waits cannot be read. A
/// schema that is still to be brought up to date is not looked into.
result<done> check_keys_fit(storage::statements& db, std::int64_t schema,
                            const keyring& keys, const std::string& file) {
  if (schema != storage::sqlite_migrations().back().number)
    return done{};
  const auto used = storage::keys_in_use(db);
  if (!used)
    return used.error();
  const auto missing = storage::missing_key(*used, keys.ids());
  if (missing.empty())
    return done{};
  return failure{errc::unavailable, file + " does not have key " + missing
                                        + ", which this data was made with"};
}

result<done> check_draft(const fs::path& draft, const config::settings& s,
                         std::int64_t schema) {
  const auto file =
      s.keys.file.empty() ? draft / own_keys_file : fs::absolute(s.keys.file);
  const auto keys = load_keyring(file);
  if (!keys)
    return keys.error();
  auto db = storage::sqlite::handle::open(draft / storage::sqlite::database_file,
                                          {.busy_timeout = s.storage.busy_timeout});
  if (!db)
    return db.error();
  return check_keys_fit(**db, schema, *keys, file.string());
}

using settled = result<storage::settled_backup>;

settled settle(storage::database& database, waiting_sms waiting) {
  auto db = database.open_writer();
  if (!db)
    return db.error();
  if (waiting == waiting_sms::resume)
    return storage::settled_backup{};
  return (*db)->run(storage::settle_backup{system_now()});
}

/// The schema is brought up to date, too.
settled settle_folder(const fs::path& folder, const config::settings& s,
                      waiting_sms waiting) {
  auto database = storage::sqlite_database::open({.folder = folder,
                                                  .busy_timeout = s.storage.busy_timeout,
                                                  .rewrites = rewrites_to_log()});
  if (!database)
    return database.error();
  return settle(**database, waiting);
}

/// The database last: where it stands a server may begin.
result<done> put_in_place(const fs::path& draft, const fs::path& folder) {
  for (const std::string_view name :
       {own_keys_file, std::string_view{storage::sqlite::database_file}}) {
    std::error_code error;
    if (!fs::exists(draft / name, error))
      continue;
    fs::rename(draft / name, folder / name, error);
    if (error)
      return failure{errc::unavailable,
                     (folder / name).string() + ": " + error.message()};
    if (auto synced = storage::sqlite::prepare_file(folder / name); !synced)
      return synced;
  }
  return done{};
}

/// Boards, codes, limits and events of what came after the backup.
result<std::string> forget_later_life(const config::settings& s, waiting_sms waiting) {
  std::string told;
  if (waiting == waiting_sms::resume)
    return told;
  if (config::uses_redis(s)) {
    auto db = storage::redis::connection::open(s.redis);
    if (!db)
      return db.error();
    auto removed = storage::redis::remove_all(**db, s.redis.prefix);
    if (!removed)
      return removed.error();
    told += "Redis: " + std::to_string(*removed) + " keys below \"" + s.redis.prefix
            + ":\" are removed; boards and codes are filled anew from the database.\n";
  }
  if (s.events.bus == config::bus_kind::kafka) {
    if (auto removed = storage::kafka::remove_records(s.kafka, kafka_patience); !removed)
      return removed.error();
    told += "Kafka: the records of topic \"" + s.kafka.topic + "\" are removed.\n";
  }
  return told;
}

struct restored {
  storage::settled_backup counts;
  std::string where{};
  std::string told; ///< What was done besides the database.
  std::string warning{};
};

/// Redis and Kafka before anything is served from: a restore that fails there is begun
/// anew.
result<restored> with_later_life_forgotten(const config::settings& s, waiting_sms waiting,
                                           const settled& counts) {
  if (!counts)
    return counts.error();
  auto told = forget_later_life(s, waiting);
  if (!told)
    return told.error();
  return restored{.counts = *counts, .told = std::move(*told)};
}

result<restored> restore_folder(const fs::path& from, const config::settings& s,
                                waiting_sms waiting) {
  const auto manifest = storage::read_manifest(from);
  if (!manifest)
    return manifest.error();
  if (auto sound = storage::check_files(from, *manifest); !sound)
    return sound.error();
  const fs::path folder = fs::absolute(s.storage.path);
  if (auto fits = check_source(*manifest, from, folder, s.keys.file.empty()); !fits)
    return fits.error();
  if (auto fit = check_folder_of_backup(s); !fit)
    return fit.error();
  const auto draft = folder / draft_name;
  const auto lock = storage::sqlite::folder_lock::take(folder);
  if (!lock)
    return lock.error();
  if (auto empty = check_empty(folder); !empty)
    return empty.error();
  std::error_code error;
  fs::remove_all(draft, error); // Of an attempt that was interrupted.
  if (auto made = storage::sqlite::make_folder(draft); !made)
    return made.error();
  if (auto copied = copy_files(*manifest, from, draft); !copied)
    return copied.error();
  if (auto fit = check_draft(draft, s, manifest->schema); !fit)
    return fit.error();
  auto out = with_later_life_forgotten(s, waiting, settle_folder(draft, s, waiting));
  if (!out)
    return out;
  if (auto placed = put_in_place(draft, folder); !placed)
    return placed.error();
  fs::remove_all(draft, error);
  out->warning = warn_of_open_backup(from, folder);
  out->where = folder.string() + ": the backup of " + format_rfc3339(manifest->taken_at)
               + ", made by tinybook " + manifest->made_by + ".\n";
  return out;
}

/// An empty database is one that nobody has restored yet, or another one: its schema must
/// not be made, nor Redis and Kafka emptied for it.
result<done> check_restored(const storage::postgres_database& database,
                            const config::settings& s) {
  auto db =
      storage::postgres::link::open(database.session_options(true), database.watchdog());
  if (!db)
    return db.error();
  const auto version = storage::postgres::read_version(**db);
  if (!version)
    return version.error();
  if (version->present == 0)
    return failure{errc::unavailable,
                   "there is nothing of tinybook in this database (postgres.url): "
                   "restore it by pg_restore first"};
  if (s.keys.file.empty()) // Refused by the configuration, but where all else is local.
    return done{};
  const auto keys = load_keyring(s.keys.file);
  if (!keys)
    return keys.error();
  return check_keys_fit(**db, version->present, *keys, s.keys.file);
}

/// PostgreSQL, after its own tools have restored it.
result<restored> settle_shared(const config::settings& s, waiting_sms waiting) {
  auto options = postgres_from(s);
  options.gated = false;
  auto opened = storage::postgres_database::open(std::move(options));
  if (!opened)
    return opened.error();
  const std::shared_ptr<storage::postgres_database> database = std::move(*opened);
  if (auto there = check_restored(*database, s); !there)
    return there.error();
  storage::postgres::replica_session session{database, {"restore"}};
  const auto [what, why] = session.take_place();
  if (what == storage::postgres::place::taken)
    return failure{errc::unavailable,
                   "replicas are at work on this database: stop all of them first"};
  if (what != storage::postgres::place::held)
    return failure{errc::unavailable, why};
  return with_later_life_forgotten(s, waiting, settle(*database, waiting));
}

std::string what_became(const storage::settled_backup& counts, waiting_sms waiting) {
  if (waiting == waiting_sms::resume)
    return "SMS that wait are sent once a server runs.\n";
  return fill_in(
      "{} SMS that waited {is|are} expired and not sent again, {} {code no longer "
      "verifies|codes no longer verify}.\n",
      {std::to_string(counts.messages), std::to_string(counts.codes)});
}

} // namespace

config::exit_request do_task(const config::restore_task& task) {
  const bool own = task.to.storage.database == config::database_kind::sqlite;
  if (own == task.from.empty())
    return {exit_code::bad_usage,
            {},
            own ? "restore needs FOLDER, which `tinybook backup` has made\n"
                : "restore takes no FOLDER with PostgreSQL: restore the database by "
                  "pg_restore, then run `tinybook restore`\n"};
  const auto log = std::make_shared<log_writer>(task.to.log, STDERR_FILENO);
  write_events_of_actors(log);
  const auto outcome = own ? restore_folder(task.from, task.to, task.waiting)
                           : settle_shared(task.to, task.waiting);
  set_log_target(nullptr);
  if (!outcome)
    return {exit_code::failed, {}, outcome.error().detail + "\n"};
  return {exit_code::ok,
          outcome->where + what_became(outcome->counts, task.waiting) + outcome->told,
          outcome->warning};
}

} // namespace tinybook::http
