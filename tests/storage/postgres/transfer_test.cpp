#include "config/loader.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/migrate.hpp"
#include "storage/sqlite/migrate.hpp"
#include "storage/transfer/transfer.hpp"
#include "tests/storage/postgres/fixture.hpp"
#include "tests/storage/sqlite/fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace tinybook::test {

namespace {

/// A SQLite database with a row or more in every table, and an empty one of PostgreSQL.
struct two_databases {
  sqlite_database_fixture sqlite;
  std::string name = new_postgres_database();
  std::unique_ptr<storage::sqlite::handle> from =
      storage::sqlite::handle::open(sqlite.folder() / "tinybook.db", {.read_only = false})
          .value();
  std::unique_ptr<storage::postgres::link> to = open_link();

  two_databases() {
    REQUIRE(from->script(rows).ok());
    REQUIRE(storage::postgres::ensure_schema(*to, storage::postgres_migrations()).ok());
  }

  [[nodiscard]] std::unique_ptr<storage::postgres::link> open_link() const {
    auto settings = config::defaults().postgres;
    settings.url = shared_postgres().url(name);
    storage::postgres::link_options options;
    options.conninfo = storage::postgres::make_conninfo(settings, "transfer").value();
    options.statement_timeout = settings.statement_timeout;
    return storage::postgres::link::open(
               options, std::make_shared<storage::postgres::socket_watchdog>())
        .value();
  }

  auto transfer() {
    return storage::transfer(*from, *to, [this](const storage::table_transfer& t) {
      told.emplace_back(t.table);
      CHECK(t.rows <= t.of);
    });
  }
  std::string query(const std::string& sql) const { // NOLINT(modernize-use-nodiscard)
    return shared_postgres().query(sql, name);
  }

  std::vector<std::string> told;

  // Texts with everything that a format of copying might stumble over.
  static constexpr auto rows = R"sql(
INSERT INTO users (id, email, phone, password_hash, nickname, about_me, created_at)
  VALUES (7, 'a@example.org', NULL, 'h', '{"x":[1,2]}', char(9) || '\N ''\u0041"' || char(10), 1);
INSERT INTO users (id, phone, nickname, created_at) VALUES (8, '+861', '', 9007199254740991);
DELETE FROM users WHERE id = 8;
INSERT INTO users (id, phone, nickname, created_at) VALUES (9, '+862', '😀', 2);
INSERT INTO verified_phones VALUES ('+861', 1, 2);
INSERT INTO session_families
  VALUES ('f', 7, 3, 1, 2, 0, 1, 1, 'Firefox, Windows', '192.0.2.0/24', 1);
INSERT INTO articles VALUES (1, 7, 'T', 'a', 2, 1, 2, '<p>1</p>'), (2, 7, 'U', '', 1, 1, 2, '');
INSERT INTO published_articles VALUES (1, 7, 'T', 'a', 1, 2, '<p>1</p>');
INSERT INTO article_stats VALUES (1, 5, 1, 1, 0, 'T', 7, 'n', 4, 0), (3, 9, 0, 0, 1, '', 7, '', 0, 0);
INSERT INTO likes VALUES (1, 9, -1);
INSERT INTO like_days VALUES (1, 20000, 1, 1);
INSERT INTO collections VALUES (1, 9, 0, 5);
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title, author_id,
  author_name, read_cnt, day, day_cnt, day_ver)
  VALUES (1, 'article', 1, 5, 1, 1, 'T', 7, 'n', 4, 20000, 1, 1);
INSERT INTO sms_messages (idempotency_key, phone, country_prefix, client_address, purpose,
  template_name, sealed_parameters, key_id, code_id, priority, created_at, run_at, expires_at,
  progress, client_ref, code_hash)
  VALUES (NULL, '+862', '+86', '::1', 'login', 't', x'00ff27', 'k', 9223372036854775807, 0, 1, 1, 2,
    '', 'r', x''), ('i', '+863', '+86', '::1', 'login', 't', x'', 'k', 2, 0, 1, 1, 2, '', '', x'5c');
INSERT INTO sms_attempts VALUES (4, 1, 'p', 'failed', '', 'why', 1, 2);
INSERT INTO sms_receipts VALUES (5, 1, 'p', 'm', 1, '', '', 1);
INSERT INTO sms_early_receipts (provider, provider_message_id, client_ref, phone, domestic_phone,
  delivered, provider_code, text, received_at) VALUES ('p', 'm', '', '', '', 0, 'c', 't', 1);
INSERT INTO code_states VALUES ('+862', 'login', '', 1, 2, 3, 4);
INSERT INTO provider_states (provider, state, generation, changed_at) VALUES ('p', 'open', 1, 1);
INSERT INTO probe_leases VALUES ('p', 'r', 1);
INSERT INTO kept_answers VALUES (7, 'h', 'r', 1, 1);
INSERT INTO audit_events (at, user_id, kind, made_by, reason, network, device, detail)
  VALUES (1, 7, 'log_in', '', '', '192.0.2.0/24', 'Firefox, Windows', 'password');
INSERT INTO erased_users VALUES (8, 3);
INSERT INTO taken_down_articles VALUES (2, 3);
INSERT INTO hidden_articles VALUES (2, 7, 'U', '', 1, 2, '');
UPDATE users SET banned_at = 5, leaves_at = 6, erasing = 1 WHERE id = 9;
INSERT INTO author_totals VALUES (7, 1, 2, 3);
)sql";
};

std::string first_word(storage::row& r) {
  return r.text();
}

} // namespace

TEST_CASE("every table of SQLite goes to PostgreSQL") {
  two_databases both;
  const auto there = both.from->all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
      "AND name NOT IN ('meta', 'schema_migrations', 'schema_floors')",
      first_word);
  REQUIRE(there.ok());
  const auto tables = storage::transferred_tables();
  CHECK(std::set<std::string>(there->begin(), there->end())
        == std::set<std::string>(tables.begin(), tables.end()));
}

TEST_CASE("what is transferred is the same row by row, and ids go on behind it") {
  two_databases both;
  const auto moved = both.transfer();
  REQUIRE_MESSAGE(moved.ok(), moved.error().detail);
  CHECK(moved->size() == storage::transferred_tables().size());
  for (const auto& t : *moved)
    CHECK_MESSAGE(t.rows > 0, t.table); // Or this test would say nothing about it.
  CHECK(both.told.size() == moved->size());
  CHECK(both.query("SELECT about_me FROM users WHERE id = 7") == "\t\\N '\\u0041\"\n\n");
  CHECK(both.query("SELECT email IS NULL, nickname FROM users WHERE id = 9") == "t|😀\n");
  CHECK(both.query("SELECT published, deleted FROM article_stats ORDER BY article_id")
        == "t|f\nf|t\n");
  CHECK(both.query(
            "SELECT encode(sealed_parameters, 'hex'), code_id, idempotency_key IS NULL "
            "FROM sms_messages ORDER BY id LIMIT 1")
        == "00ff27|9223372036854775807|t\n");
  // 8 was given once, and never comes again.
  CHECK(both.query("INSERT INTO users (phone, created_at) VALUES ('+9', 1) RETURNING id")
        == "10\n");
  CHECK(both.query(
            "INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, "
            "text, started_at, took_ms) VALUES (1, '', '', '', '', 1, 1) RETURNING id")
        == "5\n");
}

TEST_CASE("a database that is not empty is left alone, and the table named") {
  two_databases both;
  both.query("INSERT INTO verified_phones VALUES ('+1', 1, 1)");
  const auto moved = both.transfer();
  REQUIRE_FALSE(moved.ok());
  CHECK(moved.error().detail.find("table verified_phones has rows") != std::string::npos);
  CHECK(both.query("SELECT count(*) FROM users") == "0\n");
}

TEST_CASE("what reads back in another way is noticed, and nothing stays") {
  two_databases both;
  both.query("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS "
             "$$ BEGIN NEW.nickname = NEW.nickname || ' '; RETURN NEW; END $$;"
             "CREATE TRIGGER spoil BEFORE INSERT ON users FOR EACH ROW "
             "EXECUTE FUNCTION spoil()");
  const auto moved = both.transfer();
  REQUIRE_FALSE(moved.ok());
  CHECK(moved.error().detail.find("users: 2 rows were sent, and 2 with other content")
        != std::string::npos);
  CHECK(both.query("SELECT count(*) FROM users") == "0\n");
}

TEST_CASE("rows beyond one batch are all transferred") {
  two_databases both;
  REQUIRE(
      both.from
          ->script("WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n "
                   "WHERE i < 3000) INSERT INTO articles SELECT i, 7, 'T' || i, '', 1, "
                   "1, i, hex(zeroblob(500)) FROM n")
          .ok());
  const auto moved = both.transfer();
  REQUIRE_MESSAGE(moved.ok(), moved.error().detail);
  CHECK(std::ranges::count(both.told, "articles") > 2);
  CHECK(both.query("SELECT count(*), sum(updated_at) FROM articles") == "2993|4501459\n");
}

} // namespace tinybook::test
