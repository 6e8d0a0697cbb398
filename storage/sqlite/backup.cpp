#include "storage/sqlite/backup.hpp"

#include "storage/sqlite/errors.hpp"
#include "storage/sqlite/folder.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <system_error>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto file_name = "tinybook.db";
constexpr int pages_at_once = 4096;
constexpr int patience_ms = 10'000;

struct closer {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using database_ptr = std::unique_ptr<sqlite3, closer>;

result<database_ptr> open_file(const std::filesystem::path& file) {
  sqlite3* db = nullptr;
  const auto code = sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
  database_ptr opened(db);
  if (code != SQLITE_OK)
    return to_failure(db, code, file.string() + " cannot be opened");
  sqlite3_busy_timeout(db, patience_ms);
  return opened;
}

result<done> copy(sqlite3* from, sqlite3* to) {
  auto* backup = sqlite3_backup_init(to, "main", from, "main");
  if (backup == nullptr)
    return to_failure(to, sqlite3_errcode(to), "copying");
  int code = SQLITE_OK;
  while (code == SQLITE_OK)
    code = sqlite3_backup_step(backup, pages_at_once);
  const auto end = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE || end != SQLITE_OK)
    return to_failure(to, code != SQLITE_DONE ? code : end, "copying");
  return done{};
}

/// Whether SQLite's integrity check, which returns one row, finds the copy sound.
result<done> check(sqlite3* db) {
  sqlite3_stmt* raw = nullptr;
  const auto code = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &raw, nullptr);
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(
      raw, &sqlite3_finalize);
  if (code != SQLITE_OK || sqlite3_step(raw) != SQLITE_ROW)
    return to_failure(db, sqlite3_errcode(db), "checking the copy");
  const auto* said = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
  if (said == nullptr || std::string(said) != "ok")
    return failure{errc::unavailable, "the copy is damaged, and so may be the database"};
  return done{};
}

} // namespace

result<done> back_up(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  if (!std::filesystem::exists(from / file_name, error))
    return failure{errc::unavailable, (from / file_name).string() + " is not there"};
  if (std::filesystem::exists(to, error) && !std::filesystem::is_empty(to, error))
    return failure{errc::unavailable, to.string() + " is there and not empty"};
  if (auto made = make_folder(to); !made)
    return made;
  if (auto prepared = prepare_file(to / file_name); !prepared)
    return prepared;
  auto source = open_file(from / file_name);
  if (!source)
    return std::move(source.error());
  auto target = open_file(to / file_name);
  if (!target)
    return std::move(target.error());
  if (auto copied = copy(source->get(), target->get()); !copied)
    return copied;
  return check(target->get());
}

} // namespace tinybook::storage::sqlite
