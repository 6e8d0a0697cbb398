#pragma once

#include "storage/statements.hpp"

#include <pqxx/pqxx>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::storage::postgres {

/// One parameter as PostgreSQL reads it.
struct value {
  std::string text;
  bool null = false;
};

/// Throws where a text holds a NUL, which no column can: it would be cut there.
[[nodiscard]] std::vector<value> as_text(std::span<const parameter> values);

/// Throws where a column holds something else than what is asked for: a defect of ours.
class present_row final : public row {
 public:
  explicit present_row(const pqxx::row& columns) : columns_(columns) {}

  [[nodiscard]] bool flag() override;
  [[nodiscard]] std::string text() override { return std::string(next()); }
  [[nodiscard]] std::string bytes() override;

 private:
  [[nodiscard]] std::int64_t next_number() override;
  [[nodiscard]] std::string_view next();

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
