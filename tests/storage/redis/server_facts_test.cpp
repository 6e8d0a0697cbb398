#include "config/loader.hpp"
#include "storage/redis/server_facts.hpp"
#include "tests/support/redis_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace tinybook::storage::redis {

namespace {

using namespace std::chrono_literals;
using tinybook::test::redis_server;

config::redis_settings at(const redis_server& server) {
  auto settings = config::defaults().redis;
  settings.port = server.port();
  return settings;
}

server_facts seen(const config::redis_settings& settings) {
  auto looked = look_at_server(settings);
  REQUIRE_MESSAGE(looked.ok(), looked.error().detail);
  return std::move(*looked);
}

} // namespace

TEST_CASE("a look at Redis tells what it is like, also where tinybook refuses it") {
  redis_server server{
      {.words = {"--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"}}};
  const auto facts = seen(at(server));
  CHECK(std::stoi(facts.version) >= 6);
  CHECK_FALSE(facts.cluster);
  CHECK_FALSE(facts.replica);
  CHECK(facts.max_bytes == 64 << 20);
  CHECK(facts.used_bytes > 0);
  CHECK(facts.policy == "allkeys-lru");
  CHECK(facts.round_trip > 0us);
  REQUIRE(facts.refused.has_value());
  CHECK(facts.refused->empty());
  CHECK(unfit(facts).has_value());
  CHECK(server.command({"DBSIZE"}) == "0");
}

TEST_CASE("a look at Redis tells a replica and a cluster") {
  redis_server server;
  server.command({"REPLICAOF", "127.0.0.1", "1"});
  CHECK(seen(at(server)).replica);
  redis_server cluster{{.words = {"--cluster-enabled", "yes"}}};
  const auto facts = seen(at(cluster));
  CHECK(facts.cluster);
  CHECK(unfit(facts).has_value());
}

TEST_CASE("a look at Redis tells what its user may not do") {
  redis_server server;
  auto as = [&](const std::vector<std::string>& rights) {
    std::vector<std::string> words{"ACL", "SETUSER", "book", "reset", "on", ">pass-word"};
    words.insert(words.end(), rights.begin(), rights.end());
    server.command(words);
    auto settings = at(server);
    settings.username = "book";
    settings.password = "pass-word";
    return seen(settings).refused;
  };
  // As docs/operation.md tells.
  CHECK(as({"~tinybook:*", "+@scripting", "+@read", "+@write", "+@keyspace",
            "+@connection", "+info", "+time"})
            ->empty());
  const auto fewer =
      as({"~tinybook:*", "+@scripting", "+@read", "+@connection", "+info"});
  REQUIRE(fewer.has_value());
  CHECK(std::ranges::count(*fewer, "set") == 1);
  CHECK(std::ranges::count(*fewer, "get") == 0);
  CHECK(std::ranges::count(*fewer, "time") == 1);
  CHECK(as({"~other:*", "+@all"}) == std::vector<std::string>{"eval"});
  CHECK(as({"~tinybook:*", "+@connection", "+info"}) == std::vector<std::string>{"eval"});
}

TEST_CASE("INFO of any version is read") {
  const auto facts = read_info("# Server\r\nredis_version:6.2.1\r\n# Replication\r\n"
                               "role:slave\r\n# Cluster\r\ncluster_enabled:1\r\n");
  CHECK(facts.version == "6.2.1");
  CHECK(facts.replica);
  CHECK(facts.cluster);
  CHECK(facts.max_bytes == 0);
  CHECK_FALSE(read_info("").cluster);
}

} // namespace tinybook::storage::redis
