#include "storage/sqlite/statement.hpp"

#include <doctest/doctest.h>

namespace tinybook::test {

using storage::sqlite::translated;

TEST_CASE("SQLite reads the SQL of the stores") {
  SUBCASE("parameters are numbered") {
    CHECK(translated("WHERE a = $2 AND b = $10") == "WHERE a = ?2 AND b = ?10");
  }
  SUBCASE("casts are dropped, and an empty bytea is an empty blob") {
    CHECK(translated("SELECT $1::bigint, sum(a)::bigint, ''::bytea")
          == "SELECT ?1, sum(a), x''");
  }
  SUBCASE("row locks are dropped, since there is one writer") {
    CHECK(translated("SELECT a FROM b FOR UPDATE") == "SELECT a FROM b");
    CHECK(translated("SELECT a FROM b\n  FOR NO KEY UPDATE SKIP LOCKED")
          == "SELECT a FROM b");
    CHECK(translated("SELECT a FROM b AS e FOR UPDATE OF e SKIP LOCKED")
          == "SELECT a FROM b AS e");
    CHECK(translated("ON CONFLICT (a) DO UPDATE SET b = 1")
          == "ON CONFLICT (a) DO UPDATE SET b = 1");
  }
  SUBCASE("texts are ordered by their bytes") {
    CHECK(translated("ORDER BY a COLLATE \"C\", b") == "ORDER BY a, b");
  }
  SUBCASE("an array is one of rows, or text in JSON") {
    CHECK(translated("DELETE FROM a WHERE id = ANY (ARRAY (SELECT id FROM b))")
          == "DELETE FROM a WHERE id IN (SELECT id FROM b)");
    CHECK(translated("DELETE FROM a WHERE id = ANY($1::bigint[])")
          == "DELETE FROM a WHERE id IN (SELECT value FROM json_each(?1))");
  }
  SUBCASE("hints for the planners stand in comments") {
    CHECK(translated("WHERE a = 1 /* not sqlite */ ORDER BY b /* end */ LIMIT 2")
          == "WHERE a = 1 LIMIT 2");
    CHECK(translated("FROM a /* sqlite: INDEXED BY b */ WHERE")
          == "FROM a INDEXED BY b WHERE");
  }
}

} // namespace tinybook::test
