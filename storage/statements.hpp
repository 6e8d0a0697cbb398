#pragma once

#include "storage/result.hpp"
#include "storage/support/calendar.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace tinybook::storage {

/// Bytes that are not text.
struct blob {
  std::string_view bytes;
};

/// Text that is NULL where it is empty: for columns that are unique where present.
struct optional_text {
  std::string_view text;
};

template <class T>
concept whole_number = std::integral<T> || std::is_enum_v<T>;

/// The value of one parameter of a statement. Refers to texts and arrays, which must live
/// until the statement has run.
class parameter {
 public:
  using numbers = std::span<const std::int64_t>;
  using value_type =
      std::variant<std::int64_t, std::string_view, optional_text, blob, numbers>;

  template <whole_number T>
  explicit parameter(T number) : value_(static_cast<std::int64_t>(number)) {}
  explicit parameter(std::string_view text) : value_(text) {}
  explicit parameter(optional_text text) : value_(text) {}
  explicit parameter(blob bytes) : value_(bytes) {}
  explicit parameter(wall_time time) : value_(to_unix_ms(time)) {}
  explicit parameter(std::chrono::milliseconds duration) : value_(duration.count()) {}
  explicit parameter(const std::vector<std::int64_t>& array) : value_(numbers{array}) {}

  [[nodiscard]] const value_type& value() const { return value_; }

 private:
  value_type value_;
};

/// The present row of a query, whose columns are read from left to right.
class row {
 public:
  template <whole_number T = std::int64_t>
  [[nodiscard]] T number() {
    return static_cast<T>(next_number());
  }
  [[nodiscard]] virtual bool flag() = 0;
  [[nodiscard]] wall_time time() { return from_unix_ms(next_number()); }
  [[nodiscard]] std::chrono::milliseconds duration() {
    return std::chrono::milliseconds{next_number()};
  }
  /// Empty where the column is NULL.
  [[nodiscard]] virtual std::string text() = 0;
  [[nodiscard]] virtual std::string bytes() = 0;

 protected:
  ~row() = default;

 private:
  [[nodiscard]] virtual std::int64_t next_number() = 0;
};

/// Reads a row of one number.
[[nodiscard]] inline std::int64_t read_number(row& r) {
  return r.number();
}

/// A session with a database that runs PostgreSQL's SQL, as far as the stores need it;
/// for SQLite it is translated (storage/sqlite/statement.hpp). SQL is passed as named
/// constants of static lifetime: a statement is prepared once and found again by the
/// constant's address.
class statements {
 public:
  virtual ~statements() = default;

  /// Runs a statement whose rows, if any, do not matter. Returns how many rows it
  /// changed; of one that only reads the number means nothing.
  template <class... Args>
  result<std::int64_t> exec(const char* sql, const Args&... args) {
    return run_with(sql, {}, args...);
  }

  /// The same with the values in one array.
  result<std::int64_t> exec_with(const char* sql, std::span<const parameter> values) {
    return run(sql, values, {});
  }

  /// Every row of a query, each made by `read(row&)`.
  template <class Read, class... Args>
  auto all(const char* sql, Read read, const Args&... args)
      -> result<std::vector<std::invoke_result_t<Read, row&>>> {
    std::vector<std::invoke_result_t<Read, row&>> out;
    auto keep = [&](row& r) {
      out.push_back(read(r));
    };
    if (auto ran = run_with(sql, sink_of(keep), args...); !ran)
      return std::move(ran.error());
    return out;
  }

  /// Calls `take(row&)` with every row of a query, as it comes.
  template <class Take, class... Args>
  result<done> each(const char* sql, Take take, const Args&... args) {
    return as_done(run_with(sql, sink_of(take), args...));
  }

  /// The only row of a query, or nothing.
  template <class Read, class... Args>
  auto one(const char* sql, Read read, const Args&... args)
      -> result<std::optional<std::invoke_result_t<Read, row&>>> {
    std::optional<std::invoke_result_t<Read, row&>> out;
    auto keep = [&](row& r) {
      out = read(r);
    };
    if (auto ran = run_with(sql, sink_of(keep), args...); !ran)
      return std::move(ran.error());
    return out;
  }

 protected:
  /// What is called with each row.
  struct row_sink {
    void (*call)(void* context, row& r) = nullptr; ///< Null = rows do not matter.
    void* context = nullptr;

    explicit operator bool() const { return call != nullptr; }
    void operator()(row& r) const { call(context, r); }
  };

 private:
  virtual result<std::int64_t> run(const char* sql, std::span<const parameter> values,
                                   row_sink rows) = 0;

  template <class... Args>
  result<std::int64_t> run_with(const char* sql, row_sink rows, const Args&... args) {
    const std::array<parameter, sizeof...(Args)> values{parameter{args}...};
    return run(sql, values, rows);
  }

  template <class Keep>
  static row_sink sink_of(Keep& keep) {
    return {[](void* context, row& r) { (*static_cast<Keep*>(context))(r); }, &keep};
  }
};

} // namespace tinybook::storage
