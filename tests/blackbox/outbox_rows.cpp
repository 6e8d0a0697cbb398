#include "tests/blackbox/outbox_rows.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace tinybook::test {

namespace {

std::string text_of(sqlite3_stmt* row, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return text == nullptr ? "" : text;
}

} // namespace

std::vector<outbox_row> outbox_rows(const std::filesystem::path& folder,
                                    std::size_t after) {
  sqlite3* raw = nullptr;
  const auto path = (folder / "tinybook.db").string();
  const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db{raw, &sqlite3_close};
  sqlite3_stmt* statement = nullptr;
  sqlite3_busy_timeout(raw, 5000);
  if (opened != SQLITE_OK
      || sqlite3_prepare_v2(
             raw, "SELECT client_ref, phone, state FROM sms_messages WHERE id > ?", -1,
             &statement, nullptr)
             != SQLITE_OK)
    throw std::runtime_error("cannot read the outbox");
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> rows{
      statement, &sqlite3_finalize};
  sqlite3_bind_int64(statement, 1, static_cast<sqlite3_int64>(after));
  std::vector<outbox_row> out;
  int step = sqlite3_step(statement);
  for (; step == SQLITE_ROW; step = sqlite3_step(statement))
    out.push_back(
        {text_of(statement, 0), text_of(statement, 1), sqlite3_column_int(statement, 2)});
  if (step != SQLITE_DONE)
    throw std::runtime_error("cannot read the outbox");
  return out;
}

} // namespace tinybook::test
