#include "storage/migrations/migration.hpp"
#include "storage/postgres/conninfo.hpp"
#include "storage/postgres/migrate.hpp"
#include "storage/postgres/server_facts.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;
using storage::postgres::server_facts;

server_facts look_at(const std::string& url) {
  auto settings = config::defaults().postgres;
  settings.url = url;
  auto looked = storage::postgres::look_at_server(settings);
  REQUIRE_MESSAGE(looked.ok(), looked.error().detail);
  return std::move(*looked);
}

/// Makes our schema in a new database; its name.
std::string database_of_ours() {
  auto name = new_postgres_database();
  auto database = open_postgres(postgres_at(shared_postgres().url(name)));
  REQUIRE((*database->open_writer())->ping().ok());
  return name;
}

} // namespace

TEST_CASE("a look at an empty PostgreSQL database makes nothing in it") {
  const auto name = new_postgres_database();
  for (int i = 0; i < 2; ++i) {
    const auto facts = look_at(shared_postgres().url(name));
    CHECK(facts.version >= 120'000);
    CHECK(facts.version_text.starts_with(std::to_string(facts.version / 10'000)));
    CHECK(facts.encoding == "UTF8");
    CHECK_FALSE(facts.standby);
    CHECK(facts.local);
    CHECK(facts.schema == "public");
    CHECK(facts.may_make_tables);
    CHECK(facts.may_make_temporary);
    CHECK(facts.sessions >= 1);
    CHECK(facts.max_sessions > 1);
    CHECK_FALSE(facts.pooled);
    CHECK(facts.settings.at("fsync") == "off");
    CHECK(facts.settings.at("default_transaction_isolation") == "read committed");
    REQUIRE(facts.tables.ok());
    CHECK(facts.tables->present == 0);
    CHECK(std::chrono::abs(facts.clock_ahead) <= facts.clock_doubt + 100ms);
  }
  CHECK(shared_postgres().query("SELECT count(*) FROM pg_tables WHERE schemaname = "
                                "'public'",
                                name)
        == "0\n");
}

TEST_CASE("a look at our database tells its schema, its keys and who is there") {
  const auto name = database_of_ours();
  auto shared = std::shared_ptr{open_postgres(postgres_at(shared_postgres().url(name)))};
  storage::postgres::replica_session session{shared, {}};
  REQUIRE(session.take_place().what == storage::postgres::place::held);
  auto message = sample_message("+8613800138000", some_day);
  message.key_id = "k-1";
  message.code_key_id = "k-2";
  REQUIRE((*shared->open_writer())->run(storage::submit_message{message, {}}).ok());
  const auto facts = look_at(shared_postgres().url(name));
  CHECK(facts.tables->present == facts.known_version);
  REQUIRE(facts.replicas.size() == 1);
  CHECK(facts.replicas[0].name == "one");
  REQUIRE(facts.keys.has_value());
  CHECK(facts.keys->newest == "k-1");
  CHECK(facts.keys->waiting == std::vector<std::string>{"k-1", "k-2"});
}

TEST_CASE("a look at the database of another program tells that") {
  const auto name = new_postgres_database();
  (void)shared_postgres().query("CREATE TABLE theirs (id int)", name);
  const auto facts = look_at(shared_postgres().url(name));
  REQUIRE_FALSE(facts.tables.ok());
  CHECK(storage::postgres::is_refusal(facts.tables.error()));
}

TEST_CASE("a look tells what a role may not, and what it begins a session with") {
  auto& server = shared_postgres();
  const auto name = database_of_ours();
  (void)server.query("CREATE ROLE narrow LOGIN PASSWORD 'narrow-word' CONNECTION LIMIT 7;"
                     "ALTER ROLE narrow SET statement_timeout = '250ms';"
                     "ALTER ROLE narrow SET synchronous_commit = off;"
                     "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
                     "REVOKE TEMP ON DATABASE "
                         + name + " FROM PUBLIC",
                     name);
  const auto facts = look_at("postgresql://narrow:narrow-word@127.0.0.1:"
                             + std::to_string(server.port()) + "/" + name);
  CHECK_FALSE(facts.may_make_tables);
  CHECK_FALSE(facts.may_make_temporary);
  CHECK(facts.max_sessions == 7);
  CHECK(facts.settings.at("statement_timeout") == "250");
  CHECK(facts.settings.at("synchronous_commit") == "off");
  CHECK(facts.closed_tables > 0);
  CHECK(facts.foreign_tables == facts.closed_tables);
}

TEST_CASE("a look at a PostgreSQL that is not there ends, without the password") {
  auto settings = config::defaults().postgres;
  settings.url = "postgresql://tinybook@127.0.0.1:1/tinybook";
  settings.password = "very-secret-word";
  const auto looked = storage::postgres::look_at_server(settings);
  REQUIRE_FALSE(looked.ok());
  CHECK(looked.error().code == errc::unavailable);
  CHECK(looked.error().detail.find("very-secret") == std::string::npos);
}

TEST_CASE("a URL whose password libpq takes for host or port is refused, not quoted") {
  for (const auto* url :
       {"postgresql://ann:very@secret@127.0.0.1/d", "postgresql://ann:very/secret@h/d",
        "postgresql://ann:v@ery/secret@127.0.0.1:5432/d"}) {
    auto settings = config::defaults().postgres;
    settings.url = url;
    const auto made = storage::postgres::make_conninfo(settings, "one");
    REQUIRE_FALSE_MESSAGE(made.ok(), url);
    CHECK(made.error().detail.find("%40") != std::string::npos);
    CHECK(made.error().detail.find("secret") == std::string::npos);
    CHECK(made.error().detail.find("very") == std::string::npos);
  }
}

} // namespace tinybook::test
