#pragma once

#include "storage/support/calendar.hpp"

#include <pqxx/pqxx>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tinybook::storage::postgres {

/// Bytes that are no text: a bytea.
struct blob {
  std::string_view bytes;
};

/// Text that is NULL where it is empty: for columns that are unique where present.
struct optional_text {
  std::string_view text;
};

template <class T>
concept whole_number = std::integral<T> || std::is_enum_v<T>;

/// One parameter as PostgreSQL reads it.
struct value {
  std::string text;
  bool null = false;
};

/// The values of a statement's parameters, in their order.
class binder {
 public:
  template <whole_number T>
  void bind(T number) {
    add(std::to_string(static_cast<std::int64_t>(number)));
  }
  /// Throws where the text holds a NUL, which no column can: it would be cut there.
  void bind(std::string_view text);
  void bind(optional_text text);
  void bind(blob bytes);
  void bind(wall_time time) { bind(to_unix_ms(time)); }
  void bind(std::chrono::milliseconds duration) { bind(duration.count()); }
  /// An array of numbers.
  void bind(std::span<const std::int64_t> numbers);
  void bind(const std::vector<std::int64_t>& numbers) {
    bind(std::span<const std::int64_t>(numbers));
  }

  [[nodiscard]] const std::vector<value>& values() const { return values_; }

 private:
  void add(std::string text) { values_.push_back({std::move(text), false}); }

  std::vector<value> values_;
};

/// Reads the columns of one row from left to right. Throws where a column holds something
/// else than what is asked for: a defect of ours.
class row {
 public:
  explicit row(const pqxx::row& columns) : columns_(columns) {}

  template <whole_number T = std::int64_t>
  [[nodiscard]] T number() {
    return static_cast<T>(next_number());
  }
  [[nodiscard]] bool flag();
  [[nodiscard]] wall_time time() { return from_unix_ms(next_number()); }
  [[nodiscard]] std::chrono::milliseconds duration() {
    return std::chrono::milliseconds{next_number()};
  }
  /// Empty where the column is NULL.
  [[nodiscard]] std::string text();
  /// Of a bytea.
  [[nodiscard]] std::string bytes();

 private:
  [[nodiscard]] std::string_view next();
  [[nodiscard]] std::int64_t next_number();

  pqxx::row columns_;
  pqxx::row::size_type column_ = 0;
};

} // namespace tinybook::storage::postgres

/// How pqxx passes a `value` on.
template <>
struct pqxx::string_traits<tinybook::storage::postgres::value> {
  static constexpr const char* name() noexcept { return "value"; }
  static constexpr bool has_null() noexcept { return true; }
  static bool is_null(const tinybook::storage::postgres::value& v) { return v.null; }
  static std::string to_string(const tinybook::storage::postgres::value& v) {
    return v.text;
  }
};
