#include "actors/codes/fallback_rate_limiter.hpp"
#include "actors/codes/local_rate_limiter.hpp"
#include "actors/codes/redis_rate_limiter.hpp"
#include "tests/actors/redis/redis_fixture.hpp"
#include "tests/support/default_configs.hpp"

#include <map>
#include <rapidcheck.h>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// A limiter on a real Redis, under a clock of its own.
struct limiter_world {
  wall_time now{std::chrono::seconds{1'700'000'000}};
  seeded_random random{7};
  std::shared_ptr<const keyring> keys =
      std::make_shared<const keyring>(keyring::generate(random));
  actor_fixture world{};
  redis_server& server;
  handle_of<rate_limiter_actor> limiter;

  explicit limiter_world(redis_server& s)
      : server(s),
        limiter(world.start<rate_limiter_actor, redis_rate_limiter_state>(
            "limiter", redis_rate_limiter_from(test::default_settings()),
            start_redis(world, s), keys, [this] { return now; })) {}

  permits ask_for(std::vector<rate_rule> rules) {
    auto taken = world.ask(limiter, take_permits{std::move(rules)});
    REQUIRE_MESSAGE(taken.ok(), taken.error().detail);
    return *taken;
  }
  rate_decision take(std::vector<rate_rule> rules) {
    return ask_for(std::move(rules)).decision;
  }
};

/// One random request: two of three keys with small limits, or a return of permits.
struct limiter_step {
  std::vector<std::size_t> keys;
  bool gives_back = false;
  std::chrono::milliseconds pass{0};
};

rc::Gen<limiter_step> any_limiter_step() {
  return rc::gen::build<limiter_step>(
      rc::gen::set(&limiter_step::keys,
                   rc::gen::elementOf(std::vector<std::vector<std::size_t>>{
                       {0}, {1}, {2}, {0, 1}, {1, 2}, {0, 1, 2}})),
      rc::gen::set(&limiter_step::gives_back,
                   rc::gen::weightedElement<bool>({{5, false}, {1, true}})),
      rc::gen::set(&limiter_step::pass,
                   rc::gen::elementOf(std::vector<std::chrono::milliseconds>{
                       0ms, 0ms, 1ms, 100ms, 500ms, 999ms, 1000ms, 3000ms})));
}

void showValue(const limiter_step& step, std::ostream& os) {
  os << (step.gives_back ? "give back" : "take") << " of " << step.keys.size()
     << " keys from " << step.keys.front() << " after " << step.pass.count() << "ms";
}

const std::vector<rate_rule> small_limits{
    {"a", {2, 1000ms}}, {"b", {3, 3000ms}}, {"c", {1, 500ms}}};

} // namespace

TEST_CASE("the limiter on Redis decides as the local one on any history") {
  CHECK(rc::check("equal decisions", [] {
    limiter_world w{shared_redis()};
    window_limiter local{100'000};
    tick at{};
    auto steps = *rc::gen::scale(
        3.0, rc::gen::container<std::vector<limiter_step>>(any_limiter_step()));
    for (const auto& step : steps) {
      w.now += step.pass;
      at += step.pass;
      std::vector<rate_rule> asked;
      return_permits back;
      for (auto i : step.keys) {
        asked.push_back(small_limits.at(i));
        back.keys.push_back(small_limits.at(i).key);
      }
      if (step.gives_back) {
        for (const auto& key : back.keys)
          local.give_back(key);
        caf::anon_send(w.limiter, back);
        w.world.run();
        continue;
      }
      auto expected = local.take_all(asked, at);
      const auto answered = w.ask_for(asked);
      const auto& decided = answered.decision;
      RC_ASSERT(decided.result == expected.result);
      RC_ASSERT(decided.retry_after == expected.retry_after);
      RC_ASSERT(decided.rule == expected.rule);
      if (expected.admitted())
        for (std::size_t i = 0; i < asked.size(); ++i)
          RC_ASSERT(answered.used.at(i) == local.count(asked[i].key, at));
    }
  }));
}

TEST_CASE("limits on Redis hold over replicas, without a phone or an address in a name") {
  limiter_world one{shared_redis()};
  auto other = one.world.start<rate_limiter_actor, redis_rate_limiter_state>(
      "other", redis_rate_limiter_from(test::default_settings()),
      start_redis(one.world, one.server), one.keys, [&] { return one.now; });
  std::vector<rate_rule> asked{{"send.phone.hour|+8613800138000", {2, 1h}},
                               {"send.address.hour|192.0.2.77", {0, 1h}},
                               {"login.address|192.0.2.77", {5, 1h}}};
  CHECK(one.take(asked).admitted());
  CHECK(one.world.ask(other, take_permits{asked})->decision.admitted());
  auto refused = one.take(asked);
  CHECK(refused.result == rate_decision::verdict::limited);
  CHECK(refused.rule == 0);
  CHECK(refused.retry_after == 1h);
  auto names = one.server.command({"KEYS", "*"});
  CHECK(names.find("tinybook:{limit}:") == 0);
  CHECK(names.find("8613800138000") == std::string::npos);
  CHECK(names.find("192.0.2.77") == std::string::npos);
}

TEST_CASE("a limit that is off has nothing used up, those beside it have") {
  limiter_world w{shared_redis()};
  for (std::uint32_t i = 1; i <= 3; ++i)
    CHECK(w.ask_for({{"first", {5, 1h}}, {"off", {0, 1h}}, {"ceiling", {9, 1h}}}).used
          == std::vector<std::uint32_t>{i, 0, i});
}

TEST_CASE("a clock that goes back gives nobody an extra permit") {
  limiter_world w{shared_redis()};
  std::vector<rate_rule> asked{{"k", {2, 1000ms}}};
  CHECK(w.take(asked).admitted());
  w.now -= 1h;
  CHECK(w.take(asked).admitted());
  CHECK(w.take(asked).retry_after == 1000ms);
}

TEST_CASE("while Redis is away sends are refused, and log-ins are limited locally") {
  redis_server server;
  limiter_world w{server};
  auto local = w.world.start<rate_limiter_actor, local_rate_limiter_state>(
      "local", local_rate_limiter_config{100});
  auto log_ins = w.world.start<rate_limiter_actor, fallback_rate_limiter_state>(
      "fallback", fallback_rate_limiter_config{100},
      address<rate_limiter_actor>{w.limiter}, address<rate_limiter_actor>{local});
  auto take = [&] {
    auto taken = w.world.ask(log_ins, take_permits{{{"k", {2, 1h}}}});
    REQUIRE(taken.ok());
    return taken->decision.admitted();
  };
  auto give_back = [&] {
    caf::anon_send(log_ins, return_permits{{"k"}});
    w.world.run();
  };
  CHECK(take());
  CHECK(take());
  CHECK_FALSE(take());
  server.kill_hard();
  auto refused = w.world.ask(w.limiter, take_permits{{{"k", {2, 1h}}}});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == errc::unavailable);
  CHECK(refused.error().retry_after > 0ms);
  CHECK(take());
  CHECK(take());
  CHECK_FALSE(take());
  give_back();
  CHECK(take());
  CHECK_FALSE(take());
}

} // namespace tinybook::test
