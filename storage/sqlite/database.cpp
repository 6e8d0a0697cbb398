#include "storage/sqlite/database.hpp"

#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/migrate.hpp"
#include "storage/sqlite/schema_check.hpp"

#include <string>
#include <system_error>
#include <utility>

namespace tinybook::storage {

namespace {

constexpr auto use_wal = "PRAGMA journal_mode=WAL";
constexpr auto quick_check = "PRAGMA quick_check(1)";

std::filesystem::path file_in(const std::filesystem::path& folder) {
  return folder / sqlite::database_file;
}

sqlite::handle_options handle_options_of(const sqlite_options& options, bool read_only) {
  return {.read_only = read_only,
          .busy_timeout = options.busy_timeout,
          .cache_kib = options.cache_kib,
          .max_pages = options.max_pages};
}

std::string read_text(row& r) {
  return r.text();
}

/// A leftover WAL means that the last process did not close the file.
bool was_left_open(const std::filesystem::path& file) {
  std::error_code error;
  auto log = file;
  log += "-wal";
  const auto size = std::filesystem::file_size(log, error);
  return !error && size > 0;
}

bool is_small(const std::filesystem::path& file, std::uintmax_t limit_bytes) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  return !error && size <= limit_bytes;
}

result<done> check(handle& db) {
  auto said = db.one(quick_check, read_text);
  if (!said)
    return said.error();
  if (said->value_or("") != "ok")
    return failure(errc::unavailable, "the database file is damaged: restore it from a "
                                      "backup ("
                                          + said->value_or("") + ')');
  return done{};
}

result<done> ready_file(const sqlite_options& options) {
  const auto file = file_in(options.folder);
  const auto suspect = was_left_open(file) && is_small(file, options.max_checked_bytes);
  if (auto prepared = sqlite::prepare_file(file); !prepared)
    return prepared;
  auto db = sqlite::handle::open(file, handle_options_of(options, false));
  if (!db)
    return db.error();
  if (auto wal = (*db)->one(use_wal, read_text); !wal)
    return wal.error();
  else if (wal->value_or("") != "wal")
    return failure(errc::unavailable, "write-ahead logging is not possible here");
  if (suspect)
    if (auto sound = check(**db); !sound)
      return sound;
  if (auto migrated =
          sqlite::migrate(**db, sqlite_migrations(), system_now(), options.rewrites);
      !migrated)
    return migrated;
  return sqlite::check_schema(**db, sqlite_migrations());
}

} // namespace

sqlite_database::sqlite_database(sqlite_options options, sqlite::folder_lock lock)
    : options_(std::move(options)), lock_(std::move(lock)) {}

result<std::unique_ptr<sqlite_database>> sqlite_database::open(sqlite_options options) {
  auto lock = sqlite::folder_lock::take(options.folder);
  if (!lock)
    return lock.error();
  if (auto ready = ready_file(options); !ready) {
    auto why = ready.error();
    why.detail = file_in(options.folder).string() + ": " + why.detail;
    return why;
  }
  return std::unique_ptr<sqlite_database>(
      new sqlite_database(std::move(options), std::move(*lock)));
}

result<std::unique_ptr<connection>> sqlite_database::open_writer() {
  return open_connection(false);
}

result<std::unique_ptr<connection>> sqlite_database::open_reader() {
  return open_connection(true);
}

result<std::unique_ptr<connection>> sqlite_database::open_connection(bool read_only) {
  auto db = sqlite::handle::open(file_in(options_.folder),
                                 handle_options_of(options_, read_only));
  if (!db)
    return db.error();
  return std::unique_ptr<connection>(
      std::make_unique<sqlite::sqlite_connection>(std::move(*db)));
}

} // namespace tinybook::storage
