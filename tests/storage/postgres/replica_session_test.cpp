#include "storage/postgres/replica_session.hpp"
#include "tests/storage/conformance/outbox_samples.hpp"
#include "tests/storage/postgres/fixture.hpp"

#include <doctest/doctest.h>
#include <pqxx/pqxx>

#include <chrono>
#include <memory>
#include <poll.h>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;
using storage::postgres::place;
using storage::postgres::replica_session;

namespace {

std::shared_ptr<storage::postgres_database>
replica_of(const std::string& database, const std::string& name, bool gated = false) {
  auto options = postgres_at(shared_postgres().url(database));
  options.replica = name;
  options.gated = gated;
  return open_postgres(options);
}

/// Whether `session` hears of a changed outbox within two seconds.
bool hears(replica_session& session) {
  for (int i = 0; i < 20; ++i) {
    auto changed = session.wait_outbox_changed(100ms);
    REQUIRE(changed.ok());
    if (*changed)
      return true;
  }
  return false;
}

void submit(storage::connection& db, const std::string& phone) {
  const std::vector<storage::connection::write> writes{[&] {
    return db.run(storage::submit_message{sample_message(phone, some_day), std::nullopt})
        .ok();
  }};
  REQUIRE(db.write_batch(writes).ok());
}

} // namespace

TEST_CASE("replicas without local parts hold their places side by side") {
  const auto name = new_postgres_database();
  replica_session one(replica_of(name, "one"), {});
  replica_session two(replica_of(name, "two"), {});
  CHECK(one.take_place().what == place::held);
  CHECK(two.take_place().what == place::held);
  CHECK(one.holds());
  CHECK(two.take_place().what == place::held);
}

TEST_CASE("a replica with local parts is refused beside another, which is named") {
  const auto name = new_postgres_database();
  replica_session one(replica_of(name, "one"), {});
  replica_session two(replica_of(name, "two"), {"codes.cache", "events.bus"});
  REQUIRE(one.take_place().what == place::held);
  const auto refused = two.take_place();
  CHECK(refused.what == place::taken);
  INFO(refused.why);
  CHECK(refused.why.find("codes.cache, events.bus") != std::string::npos);
  CHECK(refused.why.find("replica \"one\"") != std::string::npos);
  one.leave();
  for (int i = 0; i < 100 && !two.holds(); ++i) {
    static_cast<void>(two.take_place());
    ::poll(nullptr, 0, 10);
  }
  CHECK(two.holds());
}

TEST_CASE(
    "beside a replica with local parts no other is let in, and its keys are named") {
  const auto name = new_postgres_database();
  replica_session one(replica_of(name, "one"), {"codes.cache"});
  REQUIRE(one.take_place().what == place::held);
  for (const auto& parts : {std::vector<std::string>{}, {"ranking.board"}}) {
    replica_session two(replica_of(name, "two"), parts);
    const auto refused = two.take_place();
    CHECK(refused.what == place::taken);
    INFO(refused.why);
    CHECK(refused.why.find("codes.cache") != std::string::npos);
    CHECK(refused.why.find("replica \"one\"") != std::string::npos);
  }
}

TEST_CASE("two replicas of one name do not run side by side") {
  const auto name = new_postgres_database();
  replica_session one(replica_of(name, "one"), {});
  replica_session two(replica_of(name, "one"), {});
  REQUIRE(one.take_place().what == place::held);
  const auto refused = two.take_place();
  CHECK(refused.what == place::taken);
  CHECK(refused.why.find("replica.name") != std::string::npos);
}

TEST_CASE("a database of a newer version is refused for good") {
  const auto name = new_postgres_database();
  {
    replica_session one(replica_of(name, "one"), {});
    REQUIRE(one.take_place().what == place::held);
  }
  static_cast<void>(shared_postgres().query(
      "INSERT INTO schema_migrations (number, name) VALUES (9999, 'later')", name));
  replica_session two(replica_of(name, "two"), {});
  CHECK(two.take_place().what == place::refused);
}

TEST_CASE("a schema that the migrations do not make is refused for good, and named") {
  const auto name = new_postgres_database();
  const auto outcome_after = [&](const std::string& sql) {
    if (!sql.empty())
      static_cast<void>(shared_postgres().query(sql, name));
    return replica_session(replica_of(name, "one"), {}).take_place();
  };
  const auto first = outcome_after("");
  INFO(first.why);
  REQUIRE(first.what == place::held);
  CHECK(outcome_after("CREATE TABLE notes_of_the_operator (id bigint PRIMARY KEY); "
                      "CREATE INDEX users_by_birthday ON users (birthday)")
            .what
        == place::held);
  const auto refused_for = [&](const std::string& sql, std::string_view part) {
    const auto refused = outcome_after(sql);
    INFO(refused.why);
    CHECK(refused.what == place::refused);
    CHECK(refused.why.find(part) != std::string::npos);
  };
  refused_for("ALTER TABLE users ADD COLUMN shoe_size int",
              "column users.shoe_size is not known");
  refused_for("ALTER TABLE users DROP COLUMN shoe_size; "
              "ALTER TABLE users ALTER COLUMN nickname DROP NOT NULL",
              R"(column users.nickname is "text DEFAULT ''::text" where)");
  refused_for("ALTER TABLE users ALTER COLUMN nickname SET NOT NULL; "
              "CREATE UNIQUE INDEX one_name ON users (nickname)",
              "index one_name is not known");
  refused_for("DROP INDEX one_name; CREATE FUNCTION gone() RETURNS trigger LANGUAGE "
              "plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER gone BEFORE INSERT ON "
              "users FOR EACH ROW EXECUTE FUNCTION gone()",
              "trigger gone is not known");
  refused_for("DROP TRIGGER gone ON users; DROP INDEX collections_by_user",
              "index collections_by_user is missing");
  refused_for("CREATE INDEX collections_by_user ON collections (user_id, collection); "
              "ALTER TABLE likes DROP CONSTRAINT likes_user_id_fkey",
              "constraint likes.likes_user_id_fkey is missing");
}

TEST_CASE("the schema is not checked for a role that may not make temporary tables") {
  const auto name = new_postgres_database();
  const auto& server = shared_postgres();
  static_cast<void>(
      server.query("CREATE ROLE modest LOGIN PASSWORD 'modest-test-password'; "
                   "REVOKE TEMPORARY ON DATABASE "
                       + name + " FROM PUBLIC; GRANT CREATE ON SCHEMA public TO modest",
                   name));
  auto options = postgres_at("postgresql://modest:modest-test-password@127.0.0.1:"
                             + std::to_string(server.port()) + '/' + name);
  options.replica = "one";
  replica_session session(open_postgres(options), {});
  const auto taken = session.take_place();
  INFO(taken.why);
  CHECK(taken.what == place::held);
}

TEST_CASE("a message that one replica stores is notified to the others, not to itself") {
  const auto name = new_postgres_database();
  const auto first = replica_of(name, "one");
  replica_session one(first, {});
  replica_session two(replica_of(name, "two"), {});
  REQUIRE(one.take_place().what == place::held);
  REQUIRE(two.take_place().what == place::held);
  auto db = first->open_writer().value();
  submit(*db, "+1");
  CHECK(hears(two));
  CHECK_FALSE(one.wait_outbox_changed(0ms).value());
}

TEST_CASE("the database's clock can be read while the place is held") {
  const auto name = new_postgres_database();
  replica_session one(replica_of(name, "one"), {});
  CHECK_FALSE(one.read_clock().ok());
  REQUIRE(one.take_place().what == place::held);
  const auto reading = one.read_clock();
  REQUIRE(reading.ok());
  CHECK(reading->before <= reading->after);
  CHECK(reading->database_now > system_now() - 5s);
  CHECK(reading->database_now < system_now() + 5s);
}

TEST_CASE("commands of a gated database wait for its admission") {
  const auto database = replica_of(new_postgres_database(), "one", true);
  auto db = database->open_writer().value();
  CHECK(error_of(*db, storage::find_user{1}) == errc::unavailable);
  CHECK(db->write_batch(std::vector<storage::connection::write>{[] {
            return true;
          }})
            .error()
            .code
        == errc::unavailable);
  database->admit(true);
  CHECK(error_of(*db, storage::find_user{1}) == errc::user_not_found);
  database->admit(false);
  CHECK(error_of(*db, storage::find_user{1}) == errc::unavailable);
}

TEST_CASE("a batch during which the replica loses its place writes nothing") {
  const auto database = replica_of(new_postgres_database(), "one", true);
  database->admit(true);
  auto db = database->open_writer().value();
  const std::vector<storage::connection::write> writes{
      [&] {
        return db->run(storage::create_user{"a", "h", some_day}).ok();
      },
      [&] {
        database->admit(false);
        return true;
      }};
  const auto written = db->write_batch(writes);
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().code == errc::unavailable);
  database->admit(true);
  CHECK(error_of(*db, storage::find_user_by_email{"a"}) == errc::user_not_found);
}

TEST_CASE(
    "however many messages a connection stores, it notifies twenty times a second") {
  const auto name = new_postgres_database();
  const auto database = replica_of(name, "one");
  auto db = database->open_writer().value();
  REQUIRE(db->ping().ok());
  pqxx::connection other(shared_postgres().url(name));
  struct counter final : pqxx::notification_receiver {
    using notification_receiver::notification_receiver;
    void operator()(const std::string& payload, int) override {
      CHECK(payload == "one");
      ++count;
    }
    int count = 0;
  } heard(other, "tinybook_outbox");
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 60; ++i)
    submit(*db, "+1" + std::to_string(i));
  const auto took = std::chrono::steady_clock::now() - begin;
  for (int i = 0; i < 20; ++i) {
    pollfd socket{.fd = other.sock(), .events = POLLIN, .revents = 0};
    if (::poll(&socket, 1, heard.count == 0 ? 1000 : 20) > 0)
      other.get_notifs();
  }
  CHECK(heard.count >= 1);
  CHECK(heard.count <= took / 50ms + 1);
}

TEST_CASE("a session notices that its server has gone") {
  postgres_server server;
  auto database = std::shared_ptr(open_postgres(postgres_at(server.url())));
  replica_session one(database, {"codes.cache"});
  REQUIRE(one.take_place().what == place::held);
  server.stop();
  CHECK_FALSE(one.read_clock().ok());
  CHECK_FALSE(one.holds());
  CHECK(one.take_place().what == place::away);
  server.start();
  CHECK(one.take_place().what == place::held);
}

} // namespace tinybook::test
