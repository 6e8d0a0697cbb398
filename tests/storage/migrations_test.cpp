#include "storage/migrations/migration.hpp"
#include "storage/support/crypto.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <regex>
#include <span>
#include <string>
#include <string_view>

namespace tinybook::test {

namespace {

struct kept {
  const char* sqlite; ///< The first 16 digits of the SHA-256 of its statements.
  const char* postgres;
};

std::string sql_hash(std::span<const storage::migration> all, std::size_t index) {
  return index < all.size() ? sha256_hex(all[index].sql).substr(0, 16) : "(none)";
}

/// Whether programs that do not know of a step can live with it: it makes tables and
/// indexes that are not unique, and adds columns that need no value.
bool only_adds(std::string_view sql) {
  static const std::regex statement{
      R"(\s*(CREATE TABLE [^;]*|CREATE INDEX [^;]*|)"
      R"(ALTER TABLE \w+ ADD COLUMN (?![^;]*NOT NULL)[^;]*|)"
      R"(ALTER TABLE \w+ ADD COLUMN [^;]*NOT NULL DEFAULT [^;]*);)"};
  static const std::regex comment{R"(--[^\n]*)"};
  const auto plain = std::regex_replace(std::string{sql}, comment, "");
  const auto rest = std::regex_replace(plain, statement, "");
  return rest.find_first_not_of(" \n") == std::string::npos;
}

} // namespace

TEST_CASE("a step that older programs are to work with only adds") {
  for (const auto& steps : {storage::sqlite_migrations(), storage::postgres_migrations()})
    for (const auto& step : steps)
      if (step.works_with != 0 && step.works_with < step.number)
        CHECK_MESSAGE((only_adds(step.sql) && step.then == storage::rewrite::nothing),
                      "migration " << step.number);
  for (const auto* good :
       {"", "CREATE TABLE a (b INTEGER NOT NULL); -- new\nCREATE INDEX c ON a (b);",
        "ALTER TABLE a ADD COLUMN b text;",
        "ALTER TABLE a ADD COLUMN b text NOT NULL DEFAULT '';"})
    CHECK_MESSAGE(only_adds(good), good);
  for (const auto* bad :
       {"DROP TABLE a;", "CREATE UNIQUE INDEX c ON a (b);", "UPDATE a SET b = 1;",
        "ALTER TABLE a ADD COLUMN b text NOT NULL;", "ALTER TABLE a DROP COLUMN b;",
        "CREATE INDEX c ON a (b); DROP INDEX d;"})
    CHECK_FALSE_MESSAGE(only_adds(bad), bad);
}

// Existing databases were made by exactly these statements. A correction is a new
// migration: its line is added here, and no other changes.
TEST_CASE("a migration never changes once it is on main") {
  constexpr std::array on_main{
      kept{"703cff631a89c3d6", "b7a3778708537108"},
      kept{"66d641b809d7809e", "d0f0e53e37ceb63b"},
      kept{"e3b0c44298fc1c14", "e3b0c44298fc1c14"}, // by code alone
      kept{"d763e3c0f2201747", "61293a87cffce62f"},
      kept{"47c5688010f88a91", "8b3f9f071d4d5b28"},
      kept{"6c61a6803d2cf7a5", "985917debcff0e8c"},
      kept{"23f512dc1b2175d6", "29553ddab9576ab0"},
      kept{"e3b0c44298fc1c14", "e3b0c44298fc1c14"}, // by code alone
      kept{"a6decae31428e2d1", "30c4fe694536ec2b"},
      kept{"649c12702f3a7ff4", "aabac6430fe7e881"},
      kept{"d169f8d8da95f45b", "dcc19aec0ff28c30"},
      kept{"db26486869462d42", "035ae5a0ae8f135e"},
      kept{"0a0b9ff62cc372df", "0a0b9ff62cc372df"},
  };
  const auto sqlite = storage::sqlite_migrations();
  const auto postgres = storage::postgres_migrations();
  for (std::size_t i = 0; i < std::max({on_main.size(), sqlite.size(), postgres.size()});
       ++i) {
    const auto known = i < on_main.size() ? on_main[i] : kept{"no line", "no line"};
    CHECK_MESSAGE(sql_hash(sqlite, i) == known.sqlite,
                  "migration " << i + 1 << " of SQLite is " << sql_hash(sqlite, i));
    CHECK_MESSAGE(sql_hash(postgres, i) == known.postgres,
                  "migration " << i + 1 << " of PostgreSQL is " << sql_hash(postgres, i));
  }
}

} // namespace tinybook::test
