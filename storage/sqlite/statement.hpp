#pragma once

#include "storage/support/calendar.hpp"

#include <sqlite3.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace tinybook::storage::sqlite {

struct finalizer {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
/// A prepared statement that is owned.
using statement_ptr = std::unique_ptr<sqlite3_stmt, finalizer>;

/// Bytes that are no text.
struct blob {
  std::string_view bytes;
};

/// Text that is NULL where it is empty: for columns that are unique where present.
struct optional_text {
  std::string_view text;
};

template <class T>
concept whole_number = std::integral<T> || std::is_enum_v<T>;

/// Binds values to the parameters of a statement, one after the other. Nothing is copied:
/// the values must live until the statement is reset.
class binder {
 public:
  explicit binder(sqlite3_stmt* statement) : statement_(statement) {}

  template <whole_number T>
  void bind(T value) {
    note(sqlite3_bind_int64(statement_, ++index_, static_cast<std::int64_t>(value)));
  }
  void bind(std::string_view text);
  void bind(optional_text value);
  void bind(blob value);
  void bind(wall_time time) { bind(to_unix_ms(time)); }
  void bind(std::chrono::milliseconds duration) { bind(duration.count()); }

  /// SQLITE_OK, or the first error.
  [[nodiscard]] int code() const { return code_; }

 private:
  void note(int code) {
    if (code_ == SQLITE_OK)
      code_ = code;
  }

  sqlite3_stmt* statement_;
  int index_ = 0;
  int code_ = SQLITE_OK;
};

/// Reads the columns of the present row from left to right.
class row {
 public:
  explicit row(sqlite3_stmt* statement) : statement_(statement) {}

  template <whole_number T = std::int64_t>
  [[nodiscard]] T number() {
    return static_cast<T>(sqlite3_column_int64(statement_, column_++));
  }
  [[nodiscard]] bool flag() { return number() != 0; }
  [[nodiscard]] wall_time time() { return from_unix_ms(number()); }
  [[nodiscard]] std::chrono::milliseconds duration() {
    return std::chrono::milliseconds{number()};
  }
  /// Text or bytes; empty where the column is NULL.
  [[nodiscard]] std::string text();

 private:
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
