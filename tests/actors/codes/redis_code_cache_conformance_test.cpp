#include "actors/codes/redis_code_cache.hpp"
#include "tests/actors/codes/code_cache_conformance.hpp"
#include "tests/actors/codes/stored_codes.hpp"
#include "tests/actors/redis/redis_fixture.hpp"
#include "tests/actors/support/identity_world.hpp"
#include "tests/support/default_configs.hpp"

namespace tinybook::test {

namespace {

/// The actor on a real Redis, under a clock of its own: the scripts use the time that
/// they are given.
class redis_cache final : public code_cache_fixture {
 public:
  redis_cache()
      : cache_(world_.start<code_cache_actor, redis_code_cache_state>(
          "code_cache", redis_code_cache_from(test::default_settings()),
          start_redis(world_, shared_redis()),
          start_store<code_store_actor>(world_, world_.stores, world_.doors), keys_,
          [this] { return now_; })) {}

  result<done> issue(const code_key& key, new_code code) override {
    return replace(key, std::move(code), 0);
  }

  result<done> replace(const code_key& key, new_code code, std::int64_t lost) override {
    const auto sent = code;
    auto issued = world_.ask(cache_, issue_code{key, std::move(code), lost});
    if (!issued)
      return issued.error();
    CHECK_FALSE(issued->to_store.has_value());
    if (lost == 0)
      rows_.sent(key, sent, now_ + test::default_codes().valid);
    else
      rows_.replaced(key, sent, lost);
    return done{};
  }

  verify_verdict try_one(const code_key& key,
                         const std::vector<candidate_hash>& candidates,
                         const std::string& asker, std::int64_t ticket) override {
    auto verdict = world_.ask(cache_, try_code{key, candidates, asker, ticket});
    REQUIRE_MESSAGE(verdict.ok(), verdict.error().detail);
    return verdict->verdict;
  }

  void use(const code_ticket& ticket) override {
    REQUIRE(world_.stores->use(ticket.use).ok());
    REQUIRE(world_.ask(cache_, settle_code{ticket, true}).ok());
  }

  void let_go(const code_ticket& ticket) override {
    REQUIRE(world_.ask(cache_, settle_code{ticket, false}).ok());
  }

  void lose() override { shared_redis(); }

  bool wanted(const code_key& key, std::int64_t code_id) override {
    auto wanted = world_.ask(cache_, is_code_wanted{key, code_id});
    REQUIRE_MESSAGE(wanted.ok(), wanted.error().detail);
    return wanted->wanted;
  }

  void withdraw(const code_key& key, std::int64_t code_id) override {
    rows_.withdrawn(key, code_id);
    CHECK(world_.ask(cache_, withdraw_code{key, code_id}).ok());
  }

  void advance(std::chrono::milliseconds time) override { now_ += time; }

 private:
  wall_time now_{std::chrono::seconds{1'700'000'000}};
  seeded_random random_{7};
  std::shared_ptr<const keyring> keys_ =
      std::make_shared<const keyring>(keyring::generate(random_));
  identity_world world_;
  stored_codes rows_{*world_.stores};
  handle_of<code_cache_actor> cache_;
};

std::unique_ptr<code_cache_fixture> make_redis_codes() {
  return std::make_unique<redis_cache>();
}

} // namespace

TEST_CASE("the code cache on Redis keeps the rules") {
  check_code_cache(make_redis_codes);
}

TEST_CASE("the code cache on Redis replaces lost codes by the rules") {
  check_code_cache_replacement(make_redis_codes);
}

TEST_CASE("the code cache on Redis holds a code for who has entered it") {
  check_code_cache_holds(make_redis_codes);
}

TEST_CASE("the code cache on a Redis that was flushed restores codes from the rows") {
  check_code_cache_loss(make_redis_codes);
}

TEST_CASE("the code cache on Redis counts tries by the rules") {
  check_code_cache_tries(make_redis_codes);
}

TEST_CASE("the code cache on Redis answers as the rules under random operations") {
  check_code_cache_against_rules(make_redis_codes);
}

} // namespace tinybook::test
