#include "config/loader.hpp"
#include "storage/redis/connection.hpp"
#include "tests/support/redis_server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tinybook::storage::redis {

using namespace std::chrono_literals;
using tinybook::test::redis_server;

namespace {

constexpr script echo_script{"echo", "return {KEYS[1], ARGV[1], 7, false}"};
constexpr script put_script{"put", "return redis.call('SET', KEYS[1], ARGV[1])"};
constexpr script wrong_script{"wrong", "redis.call('SET', KEYS[1], 'text')\n"
                                       "return redis.call('LPUSH', KEYS[1], ARGV[1])"};
constexpr script broken_script{"broken", "this is no Lua"};

config::redis_settings to(const redis_server& server) {
  auto o = config::defaults().redis;
  o.port = server.port();
  o.timeout = 300ms;
  return o;
}

std::unique_ptr<connection> open(const redis_server& server) {
  auto opened = connection::open(to(server));
  REQUIRE_MESSAGE(opened.ok(), opened.error().detail);
  return std::move(*opened);
}

failure refusal(const config::redis_settings& o) {
  auto opened = connection::open(o);
  REQUIRE_FALSE(opened.ok());
  return opened.error();
}

} // namespace

TEST_CASE("a connection to Redis runs scripts in order and reads every kind of answer") {
  redis_server server;
  auto c = open(server);
  std::string binary{"a\0\r\n\xff", 5};
  std::vector<command> commands{{&put_script, {"k"}, {"1"}},
                                {&echo_script, {binary}, {"b"}}};
  for (int round = 0; round < 2; ++round) {
    auto answers = c->run(commands);
    REQUIRE(answers.size() == 2);
    REQUIRE(answers[0].ok());
    CHECK(answers[0]->text() == "OK");
    REQUIRE(answers[1].ok());
    REQUIRE(answers[1]->list().size() == 4);
    CHECK(answers[1]->list()[0].text() == binary);
    CHECK(answers[1]->list()[1].text() == "b");
    CHECK(answers[1]->list()[2].number() == 7);
    CHECK(answers[1]->list()[3].is_nil());
  }
}

TEST_CASE("scripts that Redis has forgotten are loaded again") {
  redis_server server;
  auto c = open(server);
  std::vector<command> commands{{&put_script, {"k"}, {"1"}},
                                {&echo_script, {"k"}, {"b"}}};
  REQUIRE(c->run(commands).at(0).ok());
  server.command({"SCRIPT", "FLUSH"});
  auto answers = c->run(commands);
  CHECK(answers.at(0).ok());
  CHECK(answers.at(1).ok());
}

TEST_CASE("a script that fails is internal, says where, and nothing that was sent") {
  redis_server server;
  auto c = open(server);
  std::vector<command> commands{{&wrong_script, {"secret-key"}, {"secret-value"}},
                                {&broken_script, {}, {}},
                                {&put_script, {"k"}, {"1"}}};
  auto answers = c->run(commands);
  REQUIRE_FALSE(answers[0].ok());
  CHECK(answers[0].error().code == errc::internal);
  CHECK(answers[0].error().detail == "redis: wrong: WRONGTYPE at user_script:2");
  REQUIRE_FALSE(answers[1].ok());
  CHECK(answers[1].error().code == errc::internal);
  CHECK(answers[2].ok());
}

TEST_CASE("an absent server is unavailable, with a Retry-After") {
  redis_server server;
  server.stop();
  auto why = refusal(to(server));
  CHECK(why.code == errc::unavailable);
  CHECK(why.retry_after > 0ms);
}

TEST_CASE("a frozen server is unavailable after the timeout, and its connection closed") {
  redis_server server;
  auto c = open(server);
  server.freeze();
  auto since = std::chrono::steady_clock::now();
  std::vector<command> commands(20, {&echo_script, {"k"}, {"b"}});
  for (const auto& answer : c->run(commands)) {
    REQUIRE_FALSE(answer.ok());
    CHECK(answer.error().code == errc::unavailable);
    CHECK(answer.error().retry_after > 0ms);
  }
  CHECK(std::chrono::steady_clock::now() - since < 2s);
  CHECK_FALSE(c->alive());
  server.thaw();
  CHECK_FALSE(c->run(commands).at(0).ok());
}

TEST_CASE("a server that ends breaks the connection") {
  redis_server server;
  auto c = open(server);
  server.kill_hard();
  std::vector<command> commands{{&echo_script, {"k"}, {"b"}}};
  CHECK(c->run(commands).at(0).error().code == errc::unavailable);
  CHECK_FALSE(c->alive());
}

TEST_CASE("a full server is unavailable, not broken") {
  redis_server server{{.words = {"--maxmemory", "1kb"}}};
  auto c = open(server);
  std::vector<command> commands{{&put_script, {"k"}, {"1"}}};
  auto answers = c->run(commands);
  REQUIRE_FALSE(answers[0].ok());
  CHECK(answers[0].error().code == errc::unavailable);
  CHECK(answers[0].error().detail == "redis: put: OOM");
}

TEST_CASE("a server that evicts keys when it is full is refused") {
  redis_server server{
      {.words = {"--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"}}};
  auto why = refusal(to(server));
  CHECK(why.code == errc::wrong_state);
  CHECK(why.detail.find("set maxmemory-policy to noeviction") != std::string::npos);
  server.command({"CONFIG", "SET", "maxmemory", "0"});
  CHECK(connection::open(to(server)).ok());
}

TEST_CASE("Redis Cluster is refused") {
  redis_server server{{.words = {"--cluster-enabled", "yes"}}};
  auto why = refusal(to(server));
  CHECK(why.code == errc::wrong_state);
  CHECK(why.detail.find("Redis Cluster, which is not supported") != std::string::npos);
}

TEST_CASE("the password and the database are used, and reported where they are wrong") {
  redis_server server{{.password = "pass-word"}};
  auto o = to(server);
  CHECK(refusal(o).code == errc::wrong_state);
  o.password = "wrong-word";
  auto why = refusal(o);
  CHECK(why.code == errc::wrong_state);
  CHECK(why.detail.find("redis.password") != std::string::npos);
  CHECK(why.detail.find("wrong-word") == std::string::npos);
  o.password = "pass-word";
  o.database = 3;
  auto opened = connection::open(o);
  REQUIRE(opened.ok());
  std::vector<command> commands{{&put_script, {"k"}, {"1"}}};
  REQUIRE((*opened)->run(commands).at(0).ok());
  CHECK(server.command({"INFO", "keyspace"}).find("db3") != std::string::npos);
  o.database = 99;
  CHECK(refusal(o).detail.find("redis.database") != std::string::npos);
}

TEST_CASE("a user of the access control list logs in by name") {
  redis_server server;
  server.command({"ACL", "SETUSER", "book", "on", ">pass-word", "~*", "+@all"});
  auto o = to(server);
  o.username = "book";
  o.password = "pass-word";
  CHECK(connection::open(o).ok());
  o.password = "wrong-word";
  CHECK(refusal(o).code == errc::wrong_state);
}

} // namespace tinybook::storage::redis
