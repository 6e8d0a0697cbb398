#include "actors/sms/messages.hpp"
#include "actors/sms/provider_table.hpp"
#include "actors/system/ask.hpp"
#include "storage/user_store.hpp"
#include "tests/support/postgres_fixture.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;

/// A replica with its session.
struct whole_replica : postgres_replica {
  whole_replica(actor_fixture& fixture, const std::string& url, const std::string& name,
                std::vector<std::string> local_parts)
      : postgres_replica(fixture, url, name, true) {
    database_session_config config;
    config.clock_each = 20ms;
    config.listen = 2ms;
    config.patience = 300ms;
    config.retry = 20ms;
    config.reconnect = {20ms, 2.0, 0.5, 100ms};
    database_session_peers peers{
        .database = database,
        .local_parts = std::move(local_parts),
        .clock = clock,
        .outbox_changed = [this] { tell(failover.at, outbox_changed{}); },
        .fatal =
            [this](const std::string& why) {
              fatal.push_back(why);
            }};
    session = fixture.start<database_session_actor, database_session_state>(
        name + "-session", config, std::move(peers));
  }

  std::string fact(actor_fixture& fixture, const std::string& name) {
    return fixture.fact_of(session, name);
  }

  std::shared_ptr<synced_clock> clock = std::make_shared<synced_clock>();
  std::vector<std::string> fatal;
  handle_of<database_session_actor> session;
};

storage::sms_message message_to(const std::string& phone, wall_time now) {
  storage::sms_message m;
  m.phone = phone;
  m.purpose = "login";
  m.created_at = m.run_at = now;
  m.expires_at = now + 10min;
  return m;
}

} // namespace

TEST_CASE_FIXTURE(actor_fixture, "a replica serves once it has its place and the clock") {
  whole_replica one(*this, shared_postgres().url(new_postgres_database()), "one", {});
  REQUIRE(one.comes_true([&] { return one.database->admitted(); }));
  CHECK(one.clock->at(std::chrono::steady_clock::now()).has_value());
  CHECK(one.code_of(storage::find_user{1}) == errc::user_not_found);
  CHECK(one.fact(*this, "place") == "held");
  CHECK(one.fact(*this, "connected") == "yes");
}

TEST_CASE_FIXTURE(actor_fixture,
                  "a message of one replica wakes the other's supervisor") {
  const auto url = shared_postgres().url(new_postgres_database());
  whole_replica one(*this, url, "one", {});
  whole_replica two(*this, url, "two", {});
  REQUIRE(one.comes_true(
      [&] { return one.database->admitted() && two.database->admitted(); }));
  advance(200ms, 50ms);
  const auto before = two.failover.count;
  REQUIRE(one.code_of(storage::submit_message{message_to("+1", now()), std::nullopt})
          == errc::none);
  CHECK(two.comes_true([&] { return two.failover.count > before; }));
}

TEST_CASE_FIXTURE(actor_fixture, "a second replica beside one with local parts serves "
                                 "nothing and ends, naming them") {
  const auto url = shared_postgres().url(new_postgres_database());
  whole_replica one(*this, url, "one", {"codes.cache"});
  REQUIRE(one.comes_true([&] { return one.database->admitted(); }));
  whole_replica two(*this, url, "two", {"ranking.board"});
  CHECK(two.code_of(storage::find_user{1}) == errc::unavailable);
  REQUIRE(two.comes_true([&] { return !two.fatal.empty(); }));
  CHECK(two.fatal.size() == 1);
  INFO(two.fatal.front());
  CHECK(two.fatal.front().find("codes.cache") != std::string::npos);
  CHECK(two.fatal.front().find("ranking.board") != std::string::npos);
  CHECK(two.fatal.front().find("\"one\"") != std::string::npos);
  CHECK(two.code_of(storage::find_user{1}) == errc::unavailable);
  CHECK(one.code_of(storage::find_user{1}) == errc::user_not_found);
}

TEST_CASE_FIXTURE(actor_fixture,
                  "after a restart of the server a replica takes its place "
                  "again") {
  postgres_server server;
  whole_replica one(*this, server.url(), "one", {"codes.cache"});
  REQUIRE(one.comes_true([&] { return one.database->admitted(); }));
  server.stop();
  CHECK(one.comes_true([&] { return !one.database->admitted(); }));
  CHECK(one.code_of(storage::find_user{1}) == errc::unavailable);
  server.start();
  CHECK(one.comes_true([&] { return one.database->admitted(); }));
  CHECK(one.code_of(storage::find_user{1}) == errc::user_not_found);
  CHECK(one.fatal.empty());
}

} // namespace tinybook::test
