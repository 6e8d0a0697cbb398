#include "actors/codes/redis_code_cache.hpp"
#include "tests/actors/codes/login_key.hpp"
#include "tests/actors/codes/stored_codes.hpp"
#include "tests/actors/redis/redis_fixture.hpp"
#include "tests/actors/support/identity_world.hpp"
#include "tests/support/default_configs.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// Two replicas' caches over one Redis and one store.
struct redis_codes_world : identity_world {
  redis_server redis;
  std::vector<handle_of<code_cache_actor>> caches;
  stored_codes rows{*stores};

  explicit redis_codes_world(
      std::chrono::milliseconds cooldown = test::default_codes().cooldown) {
    auto config = redis_code_cache_from(test::default_settings());
    config.rules.cooldown = cooldown;
    for (int i = 0; i < 2; ++i)
      caches.push_back(start<code_cache_actor, redis_code_cache_state>(
          "code_cache", config, start_redis(*this, redis),
          start_store<code_store_actor>(*this, stores, doors), keys, clock()));
  }

  /// Issues a code and stores its message.
  result<code_issued> issue(code_id id, const std::string& hash = "hash",
                            const std::string& asker = "me") {
    const new_code code{id, hash, "k1", asker};
    auto issued = ask(caches[0], issue_code{login_key, code});
    if (issued)
      rows.sent(login_key, code, now() + test::default_codes().valid);
    return issued;
  }
  result<code_verdict> try_held(const std::string& hash, std::int64_t ticket,
                                std::size_t at = 1, const std::string& asker = "me") {
    return ask(caches.at(at), try_code{login_key, {{"k1", hash}}, asker, ticket});
  }
  /// A code that is right is used up.
  result<code_verdict> enter(const std::string& hash, std::size_t at = 1,
                             const std::string& asker = "me") {
    auto verdict = try_held(hash, 5, at, asker);
    if (verdict && verdict->verdict.outcome == verify_outcome::accepted) {
      const code_ticket ticket{{login_key, verdict->verdict.matched, now()}, 5};
      REQUIRE(stores->use(ticket.use).ok());
      REQUIRE(ask(caches.at(at), settle_code{ticket, true}).ok());
    }
    return verdict;
  }
  /// What Redis holds of the phone, to be set again as after a failover to a lagging
  /// replica.
  std::string redis_state() {
    const auto name = redis.command({"KEYS", "*:code:*"});
    return redis.command({"GET", name.substr(0, name.find('\n'))});
  }
  void set_redis_state(const std::string& state) {
    const auto name = redis.command({"KEYS", "*:code:*"});
    redis.command({"SET", name.substr(0, name.find('\n')), state});
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

TEST_CASE("a code lives before it is confirmed, and confirming a used one revives none") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  CHECK(w.ask(w.caches[1], is_code_wanted{login_key, 1})->wanted);
  REQUIRE(w.enter("hash")->verdict.outcome == verify_outcome::accepted);
  caf::anon_send(w.caches[0], confirm_code{login_key, 1});
  CHECK(w.enter("hash")->verdict.outcome == verify_outcome::no_live_code);
}

TEST_CASE(
    "while a code is held another try neither verifies nor counts, on any replica") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  REQUIRE(w.try_held("hash", 7)->verdict.outcome == verify_outcome::accepted);
  for (const auto* hash : {"hash", "wrong", "wrong", "wrong", "wrong"}) {
    auto other = w.try_held(hash, 8, 0);
    REQUIRE(other.ok());
    CHECK(other->verdict.outcome == verify_outcome::held);
    CHECK(other->verdict.retry_after <= test::default_codes().hold);
  }
  auto again = w.ask(w.caches[0], issue_code{login_key, {2, "other", "k1", "me"}});
  CHECK(again.error().code == errc::send_cooldown);
  auto replaced = w.ask(w.caches[0], issue_code{login_key, {2, "other", "k1", "me"}, 1});
  CHECK(replaced.error().code == errc::wrong_state);
  REQUIRE(w.ask(w.caches[0], settle_code{{{login_key, {1}, {}}, 7}, false}).ok());
  CHECK(w.enter("wrong")->verdict.outcome == verify_outcome::wrong);
  CHECK(w.enter("hash")->verdict.outcome == verify_outcome::accepted);
}

TEST_CASE("a restored code has one try for its asker and one for all others") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  w.redis.flush();
  SUBCASE("the asker") {
    CHECK(w.enter("wrong")->verdict.outcome == verify_outcome::wrong);
    CHECK(w.enter("hash")->verdict.outcome == verify_outcome::too_many_tries);
    CHECK(w.enter("hash", 1, "")->verdict.outcome == verify_outcome::accepted);
  }
  SUBCASE("all others") {
    CHECK(w.enter("wrong", 1, "")->verdict.outcome == verify_outcome::wrong);
    CHECK(w.enter("hash", 1, "them")->verdict.outcome == verify_outcome::too_many_tries);
    CHECK(w.enter("hash")->verdict.outcome == verify_outcome::accepted);
  }
  SUBCASE("and no more than that by asking for it again and again") {
    CHECK(w.enter("wrong")->verdict.outcome == verify_outcome::wrong);
    CHECK(w.ask(w.caches[0], is_code_wanted{login_key, 1})->wanted);
    CHECK(w.enter("hash")->verdict.outcome == verify_outcome::too_many_tries);
  }
}

TEST_CASE("a code that a dozen newer ones have ended does not come back from its row") {
  redis_codes_world w{0ms};
  REQUIRE(w.issue(1).ok());
  const auto one = w.redis_state().size(); // With one code, and what all share.
  for (int i = 0; i < 3; ++i)
    CHECK(w.enter("wrong")->verdict.outcome == verify_outcome::wrong);
  for (int i = 2; i <= 20; ++i) {
    REQUIRE(w.issue(i, "other", "asker " + std::to_string(i)).ok());
    CHECK(w.enter("wrong", 1, "asker " + std::to_string(i))->verdict.outcome
          == verify_outcome::wrong);
    CHECK(w.enter("hash", 1, "me")->verdict.outcome != verify_outcome::accepted);
    CHECK(w.stores->messages[login_key].size() == static_cast<std::size_t>(i));
  }
  CHECK(w.gauge_of(w.caches[1], "put_back") == 0);
  CHECK(w.redis_state().size() < codes_kept * one);
}

TEST_CASE(
    "a Redis that lags behind gets the newest code from the rows, and keeps tries") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  CHECK(w.enter("wrong")->verdict.outcome == verify_outcome::wrong);
  const auto old = w.redis_state();
  w.advance(61s, 1s);
  REQUIRE(w.issue(2, "second").ok());
  w.set_redis_state(old);
  CHECK(w.enter("second")->verdict.outcome == verify_outcome::accepted);
}

TEST_CASE("a used code that a lagging Redis still has is refused by the store") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  const auto old = w.redis_state();
  REQUIRE(w.enter("hash")->verdict.outcome == verify_outcome::accepted);
  w.set_redis_state(old);
  REQUIRE(w.try_held("hash", 7)->verdict.outcome == verify_outcome::accepted);
  const code_ticket ticket{{login_key, {1}, w.now()}, 7};
  CHECK(w.stores->use(ticket.use).error().code == errc::wrong_code);
  REQUIRE(w.ask(w.caches[0], settle_code{ticket, true}).ok());
  CHECK(w.enter("hash")->verdict.outcome == verify_outcome::no_live_code);
}

TEST_CASE("wrong tries count though the rows cannot be read") {
  redis_codes_world w;
  REQUIRE(w.issue(1).ok());
  w.doors->fail<storage::find_live_codes>(errc::unavailable);
  for (int i = 0; i < 3; ++i)
    CHECK(w.enter("wrong")->verdict.outcome == verify_outcome::wrong);
  CHECK(w.enter("hash")->verdict.outcome == verify_outcome::too_many_tries);
  w.redis.flush();
  // Nobody knows whether it was right.
  CHECK(w.enter("hash").error().code == errc::unavailable);
  CHECK(w.ask(w.caches[0], is_code_wanted{login_key, 1}).error().code
        == errc::unavailable);
}

TEST_CASE("a code is found while a new key is rolled out, from before and after") {
  redis_codes_world w;
  auto rotated = std::make_shared<const keyring>(w.keys->rotated(*w.random));
  auto next = w.start<code_cache_actor, redis_code_cache_state>(
      "next", redis_code_cache_from(test::default_settings()), start_redis(w, w.redis),
      start_store<code_store_actor>(w, w.stores, w.doors), rotated, w.clock());
  REQUIRE(w.issue(1).ok());
  CHECK(w.ask(next, is_code_wanted{login_key, 1})->wanted);
  auto again = w.ask(next, issue_code{login_key, {2, "hash", "k1", "me"}});
  REQUIRE_FALSE(again.ok());
  CHECK(again.error().code == errc::send_cooldown);
  CHECK(w.ask(next, try_code{login_key, {{"k1", "hash"}}, "me", 3})->verdict.outcome
        == verify_outcome::accepted);
  CHECK(w.try_held("hash", 4)->verdict.outcome == verify_outcome::held);
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
