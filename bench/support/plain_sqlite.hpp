#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tinybook::bench {

/// Throws unless `code` means success.
void check_sqlite(int code);

/// SQLite's C interface and little more, on the product's schema, for the yardsticks. WAL
/// and `synchronous=FULL`, as the product's writer has. Errors are thrown.
class plain_sqlite {
 public:
  /// Makes the schema in `folder` if it is not there.
  explicit plain_sqlite(const std::filesystem::path& folder);
  ~plain_sqlite();
  plain_sqlite(const plain_sqlite&) = delete;
  plain_sqlite& operator=(const plain_sqlite&) = delete;

  /// Valid as long as this object.
  [[nodiscard]] sqlite3_stmt* prepare(const char* sql);
  void execute(const char* sql);

  template <class... Args>
  void run(sqlite3_stmt* s, const Args&... args) {
    int at = 0;
    (put(s, ++at, args), ...);
    step_once(s);
  }

  /// The first column, a number, of each row; the others are copied out and dropped.
  [[nodiscard]] std::vector<std::int64_t> read_all(sqlite3_stmt* s, std::int64_t first,
                                                   std::int64_t second);

 private:
  static void put(sqlite3_stmt* s, int at, std::int64_t number);
  static void put(sqlite3_stmt* s, int at, const std::string& text);
  static void step_once(sqlite3_stmt* s);

  sqlite3* db_ = nullptr;
  std::vector<sqlite3_stmt*> statements_;
};

} // namespace tinybook::bench
