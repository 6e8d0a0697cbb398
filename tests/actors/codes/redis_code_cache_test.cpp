#include "actors/codes/redis_code_cache.hpp"
#include "tests/actors/codes/login_key.hpp"
#include "tests/actors/redis/redis_fixture.hpp"
#include "tests/actors/support/identity_world.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// Two replicas' caches over one Redis and one store.
struct redis_codes_world : identity_world {
  redis_server redis;
  std::vector<code_cache_actor> caches;

  redis_codes_world() {
    for (int i = 0; i < 2; ++i)
      caches.push_back(start<code_cache_actor, redis_code_cache_state>(
          "code_cache", redis_code_cache_config{}, start_redis(*this, redis),
          start_store<code_store_actor>(*this, stores, doors), keys, clock()));
  }

  result<code_issued> issue(code_id id) {
    return ask(caches[0], issue_code{login_key, {id, "hash", "k1", "me"}});
  }
  result<code_verdict> enter(const std::string& hash, std::size_t at = 1) {
    return ask(caches.at(at), try_code{login_key, {{"k1", hash}}, "me"});
  }
};

} // namespace

TEST_CASE("a code that was asked for on one replica verifies on another, once") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  CHECK(w.enter("wrong")->verdict.outcome == verify_outcome::wrong);
  CHECK(w.enter("hash")->verdict.outcome == verify_outcome::accepted);
  CHECK(w.enter("hash", 0)->verdict.outcome == verify_outcome::no_live_code);
}

TEST_CASE("a code lives before it is confirmed, and confirming a used one is no error") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  CHECK(w.ask(w.caches[1], is_code_wanted{login_key, 1})->wanted);
  REQUIRE(w.enter("hash")->verdict.outcome == verify_outcome::accepted);
  CHECK(w.ask(w.caches[0], confirm_code{login_key, 1}).ok());
}

TEST_CASE("a used code ends the pending message of its phone and purpose in the store") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  CHECK(w.enter("wrong")->verdict.outcome == verify_outcome::wrong);
  CHECK(w.doors->seen<storage::save_code_state>() == 0);
  REQUIRE(w.enter("hash")->verdict.outcome == verify_outcome::accepted);
  CHECK(w.doors->seen<storage::save_code_state>() == 1);
  SUBCASE("and what that leaves in the store is cleaned up") {
    w.advance(61s, 1s);
    CHECK(w.doors->seen<storage::remove_code_states>() == 2); // By each replica.
  }
}

TEST_CASE("a code stays used though its message could not be ended") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  w.doors->fail<storage::save_code_state>(errc::unavailable);
  CHECK(w.enter("hash")->verdict.outcome == verify_outcome::accepted);
  CHECK(w.enter("hash")->verdict.outcome == verify_outcome::no_live_code);
}

TEST_CASE("a code is found while a new key is rolled out, from before and after") {
  redis_codes_world w;
  auto rotated = std::make_shared<const keyring>(w.keys->rotated(*w.random));
  auto next = w.start<code_cache_actor, redis_code_cache_state>(
      "next", redis_code_cache_config{}, start_redis(w, w.redis),
      start_store<code_store_actor>(w, w.stores, w.doors), rotated, w.clock());
  REQUIRE(w.issue(1).ok());
  CHECK(w.ask(next, is_code_wanted{login_key, 1})->wanted);
  auto again = w.ask(next, issue_code{login_key, {2, "hash", "k1", "me"}});
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().code == errc::send_cooldown);
  CHECK(w.ask(next, try_code{login_key, {{"k1", "hash"}}, "me"})->verdict.outcome
        == verify_outcome::accepted);
  CHECK(w.enter("hash")->verdict.outcome == verify_outcome::no_live_code);
}

TEST_CASE("the names of code keys show no phone, and expire") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  auto names = w.redis.command({"KEYS", "*"});
  CHECK(names.find("tinybook:code:{") == 0);
  CHECK(names.find("13800138000") == std::string::npos);
  auto name = names.substr(0, names.find('\n'));
  CHECK(w.redis.command({"GET", name}).find("13800138000") == std::string::npos);
  auto ttl = std::stol(w.redis.command({"PTTL", name}));
  CHECK(ttl > 600'000);
  CHECK(ttl <= 660'000);
}

TEST_CASE("a flushed Redis has no codes: clear answers, and a code not confirmed") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  w.redis.flush();
  CHECK(w.enter("hash")->verdict.outcome == verify_outcome::no_live_code);
  CHECK_FALSE(w.ask(w.caches[1], is_code_wanted{login_key, 1})->wanted);
  auto confirmed = w.ask(w.caches[0], confirm_code{login_key, 1});
  REQUIRE_FALSE(confirmed.ok());
  CHECK(confirmed.error().code == errc::unavailable);
  CHECK(w.issue(2).ok());
}

TEST_CASE(
    "without Redis every code operation is unavailable, with a time to come again") {
  redis_codes_world w;
  w.redis.kill_hard();
  CHECK(w.issue(1).error().code == errc::unavailable);
  CHECK(w.issue(1).error().retry_after > 0ms);
  CHECK(w.enter("hash").error().code == errc::unavailable);
  CHECK(w.ask(w.caches[0], is_code_wanted{login_key, 1}).error().code
        == errc::unavailable);
  CHECK(w.ask(w.caches[0], withdraw_code{login_key, 1}).error().code
        == errc::unavailable);
}

} // namespace tinybook::test
