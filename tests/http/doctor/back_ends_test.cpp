#include "config/loader.hpp"
#include "http/commands/doctor/back_ends.hpp"
#include "http/commands/doctor/machine.hpp"
#include "tests/http/doctor/found.hpp"

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;
using http::doctor::judge_clocks;
using http::doctor::judge_database;
using http::doctor::judge_kafka;
using http::doctor::judge_postgres;
using http::doctor::judge_redis;
using http::doctor::level;
using storage::schema_version;
using storage::sqlite::database_facts;

storage::postgres::server_facts good_postgres() {
  storage::postgres::server_facts f;
  f.version = 150'004;
  f.version_text = "15.4";
  f.encoding = "UTF8";
  f.local = true;
  f.schema = "public";
  f.may_make_tables = true;
  f.may_make_temporary = true;
  f.sessions = 5;
  f.max_sessions = 97;
  f.settings = {{"fsync", "on"},
                {"full_page_writes", "on"},
                {"synchronous_commit", "on"},
                {"statement_timeout", "0"},
                {"default_transaction_isolation", "read committed"}};
  f.tables = schema_version{9, 9};
  f.known_version = 9;
  f.replicas = {{"one", ""}};
  return f;
}

storage::redis::server_facts good_redis() {
  storage::redis::server_facts f;
  f.version = "7.0.15";
  f.used_bytes = 10 << 20;
  f.max_bytes = 100 << 20;
  f.policy = "noeviction";
  f.round_trip = 200us;
  f.refused.emplace();
  return f;
}

storage::kafka::topic_facts good_kafka() {
  storage::kafka::topic_facts f;
  f.brokers = 3;
  f.version = "3.9";
  f.there = true;
  f.partitions = 4;
  f.copies = 3;
  f.copies_in_sync = 3;
  f.settings = {{"cleanup.policy", "delete"},
                {"retention.ms", "604800000"},
                {"min.insync.replicas", "2"}};
  return f;
}

/// A finding after one change of facts that are fine.
struct changed_case {
  const char* what;
  level how;
};

template <class Facts>
struct change_of : changed_case {
  void (*change)(Facts&);
};

config::settings shared_settings() {
  auto s = config::defaults();
  s.kafka.partitions = 4;
  return s;
}

} // namespace

TEST_CASE("the doctor finds nothing wrong with a good PostgreSQL, Redis and Kafka") {
  const auto s = shared_settings();
  CHECK(all_fine(judge_postgres(good_postgres(), s, "one")));
  CHECK(all_fine(judge_redis(good_redis(), s)));
  CHECK(all_fine(judge_kafka(good_kafka(), s)));
}

TEST_CASE("the doctor finds what is wrong with PostgreSQL") {
  using facts = storage::postgres::server_facts;
  const auto foreign = [](facts& f) {
    f.tables = failure{errc::unavailable, "not made by tinybook"};
  };
  for (const auto& one : std::initializer_list<change_of<facts>>{
           {{"postgres.server", level::error},
            [](facts& f) {
              f.version = 110'000;
            }},
           {{"postgres.encoding", level::error},
            [](facts& f) {
              f.encoding = "LATIN1";
            }},
           {{"postgres.standby", level::error},
            [](facts& f) {
              f.standby = true;
            }},
           {{"postgres.encryption", level::warning},
            [](facts& f) {
              f.local = false;
            }},
           {{"postgres.pooler", level::warning},
            [](facts& f) {
              f.pooled = true;
            }},
           {{"postgres.pooler", level::error},
            [](facts& f) {
              f.pooled = f.pooled_by_transaction = true;
            }},
           {{"postgres.fsync", level::error},
            [](facts& f) {
              f.settings["fsync"] = "off";
            }},
           {{"postgres.full_page_writes", level::warning},
            [](facts& f) {
              f.settings["full_page_writes"] = "off";
            }},
           {{"postgres.synchronous_commit", level::note},
            [](facts& f) {
              f.settings["synchronous_commit"] = "off";
            }},
           {{"postgres.statement_timeout", level::note},
            [](facts& f) {
              f.settings["statement_timeout"] = "250";
            }},
           {{"postgres.idle_session_timeout", level::warning},
            [](facts& f) {
              f.settings["idle_session_timeout"] = "60000";
            }},
           {{"postgres.isolation", level::warning},
            [](facts& f) {
              f.settings["default_transaction_isolation"] = "serializable";
            }},
           {{"postgres.schema", level::error}, foreign},
           {{"postgres.schema", level::error},
            [](facts& f) {
              f.tables = schema_version{10, 10};
            }},
           {{"postgres.schema", level::note},
            [](facts& f) {
              f.tables = schema_version{8, 8};
            }},
           {{"postgres.schema", level::note},
            [](facts& f) {
              f.tables = schema_version{};
            }},
           {{"postgres.schema", level::error},
            [](facts& f) {
              f.schema = "";
            }},
           {{"postgres.rights", level::error},
            [](facts& f) {
              f.closed_tables = 2;
            }},
           {{"postgres.rights", level::error},
            [](facts& f) {
              f.tables = schema_version{};
              f.may_make_tables = false;
            }},
           {{"postgres.rights", level::error},
            [](facts& f) {
              f.tables = schema_version{8, 8};
              f.foreign_tables = 1;
            }},
           {{"postgres.temporary", level::note},
            [](facts& f) {
              f.may_make_temporary = false;
            }},
           {{"postgres.sessions", level::error},
            [](facts& f) {
              f.max_sessions = 6;
            }},
           {{"postgres.sessions", level::warning},
            [](facts& f) {
              f.replicas.clear();
              f.sessions = 95;
            }},
       }) {
    auto f = good_postgres();
    one.change(f);
    CHECK_MESSAGE(level_of(judge_postgres(f, shared_settings(), "one"), one.what)
                      == one.how,
                  one.what);
  }
}

TEST_CASE("the doctor counts the sessions of this replica and of those that run") {
  auto f = good_postgres();
  const auto s = shared_settings();
  const auto each = static_cast<std::int64_t>(s.postgres.connections) + 1;
  f.max_sessions = 2 * each;
  CHECK(level_of(judge_postgres(f, s, "one"), "postgres.sessions") == level::ok);
  CHECK(level_of(judge_postgres(f, s, "two"), "postgres.sessions") == level::ok);
  f.max_sessions = 2 * each - 1;
  CHECK(level_of(judge_postgres(f, s, "one"), "postgres.sessions") == level::ok);
  CHECK(level_of(judge_postgres(f, s, "two"), "postgres.sessions") == level::error);
}

TEST_CASE("the doctor needs no right to make tables where they are made") {
  auto f = good_postgres();
  f.may_make_tables = false;
  f.foreign_tables = 3;
  CHECK(all_fine(judge_postgres(f, shared_settings(), "one")));
}

TEST_CASE("the doctor finds what is wrong with Redis") {
  using facts = storage::redis::server_facts;
  for (const auto& one : std::initializer_list<change_of<facts>>{
           {{"redis.server", level::error},
            [](facts& f) {
              f.policy = "allkeys-lru";
            }},
           {{"redis.server", level::error},
            [](facts& f) {
              f.cluster = true;
            }},
           {{"redis.role", level::error},
            [](facts& f) {
              f.replica = true;
            }},
           {{"redis.memory", level::note},
            [](facts& f) {
              f.max_bytes = 0;
            }},
           {{"redis.memory", level::warning},
            [](facts& f) {
              f.used_bytes = 95 << 20;
            }},
           {{"redis.rights", level::note},
            [](facts& f) {
              f.refused.reset();
            }},
           {{"redis.rights", level::error},
            [](facts& f) {
              f.refused = {"set"};
            }},
           {{"redis.latency", level::warning},
            [](facts& f) {
              f.round_trip = 30ms;
            }},
       }) {
    auto f = good_redis();
    one.change(f);
    CHECK_MESSAGE(level_of(judge_redis(f, shared_settings()), one.what) == one.how,
                  one.what);
  }
}

TEST_CASE("the doctor finds what is wrong with Kafka's topic") {
  using facts = storage::kafka::topic_facts;
  for (const auto& one : std::initializer_list<change_of<facts>>{
           {{"kafka.topic", level::note},
            [](facts& f) {
              f.there = false;
            }},
           {{"kafka.topic", level::error},
            [](facts& f) {
              f.there = false;
              f.brokers = 0;
            }},
           {{"kafka.topic", level::note},
            [](facts& f) {
              f.partitions = 2;
            }},
           {{"kafka.copies", level::error},
            [](facts& f) {
              f.leaderless = 1;
            }},
           {{"kafka.copies", level::error},
            [](facts& f) {
              f.copies_in_sync = 1;
            }},
           {{"kafka.copies", level::error},
            [](facts& f) {
              f.settings["min.insync.replicas"] = "4";
            }},
           {{"kafka.copies", level::warning},
            [](facts& f) {
              f.settings["min.insync.replicas"] = "3";
            }},
           {{"kafka.copies", level::note},
            [](facts& f) {
              f.settings["min.insync.replicas"] = "1";
            }},
           {{"kafka.copies", level::warning},
            [](facts& f) {
              f.copies = f.copies_in_sync = 1;
              f.settings["min.insync.replicas"] = "1";
            }},
           {{"kafka.cleanup", level::error},
            [](facts& f) {
              f.settings["cleanup.policy"] = "compact,delete";
            }},
           {{"kafka.cleanup", level::note},
            [](facts& f) {
              f.settings["retention.ms"] = "-1";
            }},
           {{"kafka.cleanup", level::warning},
            [](facts& f) {
              f.settings["retention.ms"] = "60000";
            }},
       }) {
    auto f = good_kafka();
    one.change(f);
    CHECK_MESSAGE(level_of(judge_kafka(f, shared_settings()), one.what) == one.how,
                  one.what);
  }
}

TEST_CASE("the doctor judges a SQLite database by its schema") {
  const auto of = [](database_facts f) {
    return level_of(judge_database(std::optional{std::move(f)}), "files.database");
  };
  CHECK(of({.schema = {9, 9}, .known = 9}) == level::ok);
  CHECK(of({.schema = {8, 8}, .known = 9}) == level::note);
  CHECK(of({.schema = {10, 10}, .known = 9}) == level::error);
  CHECK(
      of({.schema = {9, 9}, .known = 9, .misfit = failure{errc::unavailable, "differs"}})
      == level::error);
  CHECK(level_of(judge_database(std::optional<database_facts>{}), "files.database")
        == level::note);
  CHECK(level_of(judge_database(failure{errc::unavailable, "damaged"}), "files.database")
        == level::error);
}

TEST_CASE("the doctor warns of a clock that is a second off, whatever the round trip") {
  const auto of = [](std::chrono::milliseconds ahead, std::chrono::milliseconds doubt) {
    return level_of(judge_clocks(ahead, doubt), "clock.database");
  };
  CHECK(of(999ms, 0ms) == level::ok);
  CHECK(of(1000ms, 0ms) == level::warning);
  CHECK(of(-1000ms, 0ms) == level::warning);
  CHECK(of(1500ms, 800ms) == level::ok);
  CHECK(of(-29'999ms, 0ms) == level::warning);
  CHECK(of(30'000ms, 0ms) == level::error);
}

} // namespace tinybook::test
