#include "storage/sqlite/errors.hpp"

#include <cerrno>
#include <string>

namespace tinybook::storage::sqlite {

namespace {

bool no_space(sqlite3* db) {
  if (db == nullptr)
    return false;
  const auto error = sqlite3_system_errno(db);
  return error == ENOSPC || error == EDQUOT;
}

errc classify(sqlite3* db, int code) {
  switch (code & 0xff) {
  case SQLITE_FULL:
    return errc::storage_full;
  case SQLITE_IOERR:
    return no_space(db) ? errc::storage_full : errc::unavailable;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return errc::database_busy;
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
  case SQLITE_AUTH:
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_NOMEM:
  case SQLITE_INTERRUPT:
  case SQLITE_PROTOCOL:
    return errc::unavailable;
  default:
    return errc::internal;
  }
}

/// What SQLite's own message does not say.
std::string_view hint(int code) {
  switch (code & 0xff) {
  case SQLITE_CORRUPT:
    return "; the database file is damaged: restore it from a backup";
  case SQLITE_NOTADB:
    return "; the file is no SQLite database, or its head is damaged";
  case SQLITE_READONLY:
    return "; the file, its folder or its disk is read-only";
  case SQLITE_BUSY:
    return "; another program holds the database for too long";
  default:
    return "";
  }
}

} // namespace

failure to_failure(sqlite3* db, int code, std::string_view doing) {
  std::string detail(doing);
  detail += ": ";
  detail += db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  detail += " (" + std::to_string(code) + ')';
  detail += hint(code);
  failure out(classify(db, code), std::move(detail));
  if (out.code != errc::internal)
    out.retry_after = retry_soon;
  return out;
}

bool is_fatal(int code) {
  switch (code & 0xff) {
  case SQLITE_FULL:
  case SQLITE_IOERR:
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_READONLY:
  case SQLITE_NOMEM:
    return true;
  default:
    return false;
  }
}

} // namespace tinybook::storage::sqlite
