#include "storage/sqlite/statement.hpp"

namespace tinybook::storage::sqlite {

namespace {

/// SQLite takes a null pointer for NULL, but an empty string_view may hold one.
const char* not_null(std::string_view text) {
  return text.data() != nullptr ? text.data() : "";
}

} // namespace

void binder::bind(std::string_view text) {
  note(sqlite3_bind_text64(statement_, ++index_, not_null(text), text.size(),
                           SQLITE_STATIC, SQLITE_UTF8));
}

void binder::bind(optional_text value) {
  if (value.text.empty())
    note(sqlite3_bind_null(statement_, ++index_));
  else
    bind(value.text);
}

void binder::bind(blob value) {
  note(sqlite3_bind_blob64(statement_, ++index_, not_null(value.bytes),
                           value.bytes.size(), SQLITE_STATIC));
}

std::string row::text() {
  const auto column = column_++;
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<std::size_t>(size));
}

} // namespace tinybook::storage::sqlite
