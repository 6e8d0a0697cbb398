#pragma once

#include "storage/handle.hpp"
#include "storage/result.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

/// A statement of a test, and the first column of what it gives, as text. The SQL lives
/// until the connection ends.
struct test_sql {
  using reply = std::vector<std::string>;
  const char* sql = nullptr;
};
inline result<std::vector<std::string>> run(storage::handle& db, const test_sql& asked) {
  return db.all(asked.sql, [](storage::row& r) { return r.text(); });
}

} // namespace tinybook::test
