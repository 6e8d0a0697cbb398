#pragma once

#include "storage/statements.hpp"

#include <sqlite3.h>

#include <memory>
#include <span>
#include <string>

namespace tinybook::storage::sqlite {

struct finalizer {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
/// A prepared statement that is owned.
using statement_ptr = std::unique_ptr<sqlite3_stmt, finalizer>;

/// The stores' SQL, which is PostgreSQL's, translated for SQLite: parameters are numbered
/// `?1`; casts, locks and the collation "C" (SQLite's default) are dropped; an array is
/// text in JSON. Hints for SQLite's planner stand in comments,
/// `/* sqlite: INDEXED BY x */`, those for PostgreSQL's between `/* not sqlite */` and
/// `/* end */`. It goes by patterns: a statement has one `= ANY (ARRAY (…))` at most, and
/// no text within quotes looks like a cast (`'::x'`) or a parameter.
[[nodiscard]] std::string translated(const char* sql);

/// Binds values to the parameters of a statement. Texts are not copied: they must live
/// until the statement is reset. SQLITE_OK, or the first error.
[[nodiscard]] int bind_all(sqlite3_stmt* statement, std::span<const parameter> values);

class present_row final : public row {
 public:
  explicit present_row(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] bool flag() override { return number() != 0; }
  [[nodiscard]] std::string text() override { return bytes(); }
  [[nodiscard]] std::string bytes() override;

 private:
  [[nodiscard]] std::int64_t next_number() override {
    return sqlite3_column_int64(statement_, column_++);
  }

  sqlite3_stmt* statement_;
  int column_ = 0;
};

/// Resets a statement on every way out, so that it holds no lock and no pointer.
class running {
 public:
  explicit running(sqlite3_stmt* statement) : statement_(statement) {}
  running(const running&) = delete;
  running& operator=(const running&) = delete;
  ~running() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

} // namespace tinybook::storage::sqlite
