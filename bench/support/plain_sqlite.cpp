#include "bench/support/plain_sqlite.hpp"

#include "storage/sqlite/database.hpp"

#include <stdexcept>

namespace tinybook::bench {

void check_sqlite(int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE)
    throw std::runtime_error(sqlite3_errstr(code));
}

plain_sqlite::plain_sqlite(const std::filesystem::path& folder) {
  if (auto made = storage::sqlite_database::open({.folder = folder}); !made)
    throw std::runtime_error(made.error().detail);
  else if (auto migrated = (*made)->open_writer(); !migrated)
    throw std::runtime_error(migrated.error().detail);
  check_sqlite(sqlite3_open((folder / "tinybook.db").c_str(), &db_));
  execute("PRAGMA journal_mode=WAL");
  execute("PRAGMA synchronous=FULL");
  execute("PRAGMA foreign_keys=ON");
  execute("PRAGMA temp_store=MEMORY");
  execute("PRAGMA secure_delete=FAST");
  execute("PRAGMA cache_size=-16384");
}

plain_sqlite::~plain_sqlite() {
  for (auto* s : statements_)
    sqlite3_finalize(s);
  sqlite3_close(db_);
}

sqlite3_stmt* plain_sqlite::prepare(const char* sql) {
  sqlite3_stmt* s = nullptr;
  check_sqlite(sqlite3_prepare_v2(db_, sql, -1, &s, nullptr));
  statements_.push_back(s);
  return s;
}

void plain_sqlite::execute(const char* sql) {
  check_sqlite(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr));
}

std::vector<std::int64_t> plain_sqlite::read_all(sqlite3_stmt* s, std::int64_t first,
                                                 std::int64_t second) {
  put(s, 1, first);
  put(s, 2, second);
  std::vector<std::int64_t> out;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(s)) == SQLITE_ROW) {
    out.push_back(sqlite3_column_int64(s, 0));
    for (int i = 1; i < sqlite3_column_count(s); ++i) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(s, i));
      // NOLINTNEXTLINE(bugprone-unused-local-non-trivial-variable): as who asks would
      const std::string copied(bytes == nullptr ? "" : bytes,
                               static_cast<std::size_t>(sqlite3_column_bytes(s, i)));
    }
  }
  check_sqlite(code);
  check_sqlite(sqlite3_reset(s));
  return out;
}

void plain_sqlite::put(sqlite3_stmt* s, int at, std::int64_t number) {
  check_sqlite(sqlite3_bind_int64(s, at, number));
}

void plain_sqlite::put(sqlite3_stmt* s, int at, const std::string& text) {
  check_sqlite(sqlite3_bind_text(s, at, text.data(), static_cast<int>(text.size()),
                                 SQLITE_TRANSIENT)); // NOLINT: SQLite's own cast
}

void plain_sqlite::step_once(sqlite3_stmt* s) {
  check_sqlite(sqlite3_step(s));
  check_sqlite(sqlite3_reset(s));
}

} // namespace tinybook::bench
