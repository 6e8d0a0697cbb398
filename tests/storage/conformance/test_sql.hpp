#pragma once

#include "storage/dialect.hpp"
#include "storage/handle.hpp"
#include "storage/result.hpp"

#include <list>
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

/// How the engine would run a statement whose parameters stand in it, in its own words.
struct plan_of {
  using reply = std::string;
  std::string sql;
};
inline result<std::string> run(storage::handle& db, const plan_of& asked) {
  static std::list<std::string> kept; // Statements are known by their address.
  const bool sqlite = &db.dialect() == &storage::sqlite_dialect;
  const auto& explain =
      kept.emplace_back((sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + asked.sql);
  std::string out;
  auto ran = db.each(explain.c_str(), [&](storage::row& r) {
    for (int before = sqlite ? 3 : 0; before > 0; --before)
      static_cast<void>(r.number());
    out += r.text() + '\n';
  });
  if (!ran)
    return ran.error();
  return out;
}

} // namespace tinybook::test
