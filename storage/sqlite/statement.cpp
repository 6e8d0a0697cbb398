#include "storage/sqlite/statement.hpp"

#include <array>
#include <regex>
#include <utility>

namespace tinybook::storage::sqlite {

namespace {

/// SQLite takes a null pointer for NULL, but an empty string_view may hold one.
const char* not_null(std::string_view text) {
  return text.data() != nullptr ? text.data() : "";
}

int bind_text(sqlite3_stmt* statement, int at, std::string_view text,
              sqlite3_destructor_type keeps) {
  return sqlite3_bind_text64(statement, at, not_null(text), text.size(), keeps,
                             SQLITE_UTF8);
}

/// Binds one value.
struct binder {
  sqlite3_stmt* statement;
  int at;

  int operator()(std::int64_t number) const {
    return sqlite3_bind_int64(statement, at, number);
  }
  int operator()(std::string_view text) const {
    return bind_text(statement, at, text, SQLITE_STATIC);
  }
  int operator()(optional_text value) const {
    return value.text.empty() ? sqlite3_bind_null(statement, at) : (*this)(value.text);
  }
  int operator()(blob value) const {
    return sqlite3_bind_blob64(statement, at, not_null(value.bytes), value.bytes.size(),
                               SQLITE_STATIC);
  }
  int operator()(parameter::numbers array) const {
    std::string json = "[";
    for (const auto number : array)
      json += (json.size() > 1 ? "," : "") + std::to_string(number);
    return bind_text(statement, at, json + ']', SQLITE_TRANSIENT);
  }
};

} // namespace

std::string translated(const char* sql) {
  static const std::array<std::pair<std::regex, const char*>, 8> rules{{
      {std::regex{R"(/\* not sqlite \*/[\s\S]*?/\* end \*/\s*)"}, ""},
      {std::regex{R"(/\* sqlite: ([^*]*) \*/)"}, "$1"},
      {std::regex{
           R"(\s+FOR (NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)( OF \w+)?( SKIP LOCKED)?)"},
       ""},
      {std::regex{R"(= ANY\((\$\d+)::bigint\[\]\))"},
       "IN (SELECT value FROM json_each($1))"},
      {std::regex{R"(= ANY \(ARRAY \(([\s\S]*)\)\))"}, "IN ($1)"},
      {std::regex{R"(''::bytea)"}, "x''"},
      {std::regex{R"(::\w+| COLLATE "C")"}, ""},
      {std::regex{R"(\$(\d+))"}, "?$1"},
  }};
  std::string out = sql;
  for (const auto& [what, by] : rules)
    out = std::regex_replace(out, what, by);
  return out;
}

int bind_all(sqlite3_stmt* statement, std::span<const parameter> values) {
  int at = 0;
  for (const auto& value : values)
    if (const auto code = std::visit(binder{statement, ++at}, value.value());
        code != SQLITE_OK)
      return code;
  return SQLITE_OK;
}

std::string present_row::bytes() {
  const auto column = column_++;
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<std::size_t>(size));
}

} // namespace tinybook::storage::sqlite
