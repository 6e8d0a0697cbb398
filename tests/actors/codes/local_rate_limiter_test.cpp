#include "actors/codes/local_rate_limiter.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/caught_lines.hpp"

#include <memory>
#include <string>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

take_permits take(std::string key, std::uint32_t count = 2) {
  return {{{std::move(key), {count, 60s}}}};
}

rate_decision::verdict verdict(test::actor_fixture& f,
                               const handle_of<rate_limiter_actor>& at, take_permits m) {
  return f.ask(at, std::move(m))->decision.result;
}

constexpr auto admitted = rate_decision::verdict::admitted;
constexpr auto limited = rate_decision::verdict::limited;

} // namespace

TEST_CASE("the local rate limiter admits again when the window has passed") {
  test::actor_fixture f;
  auto at = f.start<rate_limiter_actor, local_rate_limiter_state>(
      "limiter", local_rate_limiter_config{100});
  CHECK(verdict(f, at, take("k")) == admitted);
  f.advance(20s, 1s);
  CHECK(verdict(f, at, take("k")) == admitted);
  auto refused = f.ask(at, take("k"));
  CHECK(refused->decision.result == limited);
  CHECK(refused->decision.retry_after == 40s);
  f.advance(40s, 1s);
  CHECK(verdict(f, at, take("k")) == admitted);
  CHECK(verdict(f, at, take("k")) == limited);
}

TEST_CASE("one rule that refuses leaves the other rules uncounted") {
  test::actor_fixture f;
  auto at = f.start<rate_limiter_actor, local_rate_limiter_state>(
      "limiter", local_rate_limiter_config{100});
  CHECK(verdict(f, at, take("narrow", 1)) == admitted);
  take_permits both{{{"wide", {1, 60s}}, {"narrow", {1, 60s}}}};
  CHECK(verdict(f, at, both) == limited);
  CHECK(verdict(f, at, take("wide", 1)) == admitted);
}

TEST_CASE("what is admitted says how far each limit is used up") {
  test::actor_fixture f;
  auto at = f.start<rate_limiter_actor, local_rate_limiter_state>(
      "limiter", local_rate_limiter_config{100});
  const take_permits both{{{"k", {2, 60s}}, {"off", {0, 60s}}, {"l", {9, 60s}}}};
  CHECK(f.ask(at, both)->used == std::vector<std::uint32_t>{1, 0, 1});
  f.advance(30s, 1s);
  CHECK(f.ask(at, both)->used == std::vector<std::uint32_t>{2, 0, 2});
  CHECK(f.ask(at, both)->used.empty());
  f.advance(30s, 1s);
  CHECK(f.ask(at, both)->used == std::vector<std::uint32_t>{2, 0, 2});
}

TEST_CASE("permits that are returned can be taken again") {
  test::actor_fixture f;
  auto at = f.start<rate_limiter_actor, local_rate_limiter_state>(
      "limiter", local_rate_limiter_config{100});
  CHECK(verdict(f, at, take("k", 1)) == admitted);
  caf::anon_send(at, return_permits{{"k", "never taken"}});
  f.run();
  CHECK(verdict(f, at, take("k", 1)) == admitted);
  CHECK(verdict(f, at, take("k", 1)) == limited);
}

TEST_CASE("a limiter without room for a new key says so and shows it") {
  test::actor_fixture f;
  auto at = f.start<rate_limiter_actor, local_rate_limiter_state>(
      "limiter", local_rate_limiter_config{1});
  CHECK(verdict(f, at, take("k", 1)) == admitted); // Is at its limit: nobody's to evict.
  CHECK(verdict(f, at, take("other", 1)) == rate_decision::verdict::full);
  auto status = f.ask(at, get_status{});
  REQUIRE(status.ok());
  CHECK(status->gauges.at(0).name == "keys");
  CHECK(status->gauges.at(0).value == 1);
  CHECK(status->gauges.at(0).limit == 1);
}

TEST_CASE(
    "a limiter that forgets counts warns once a minute, and shows it while it lasts") {
  test::actor_fixture f;
  test::caught_lines log;
  const auto meter = std::make_shared<actor_meter>("limiter", "test", "");
  auto at = f.start<rate_limiter_actor, local_rate_limiter_state>(
      meter, local_rate_limiter_config{2});
  int number = 0;
  const auto take_new = [&] {
    return verdict(f, at, {{{"k" + std::to_string(++number), {2, 1h}}}});
  };
  CHECK(take_new() == admitted);
  CHECK(take_new() == admitted);
  CHECK(log.take("limits_capacity_reached").empty());
  CHECK(meter->health.last_error().text.empty());
  CHECK(take_new() == admitted); // In place of the first.
  CHECK(take_new() == admitted);
  const auto warned = log.take("limits_capacity_reached");
  REQUIRE(warned.size() == 1);
  CHECK(warned.front().find("key=limits.capacity") != std::string::npos);
  CHECK(warned.front().find("forgotten=1") != std::string::npos);
  CHECK_FALSE(meter->health.last_error().ended);
  f.advance(59s, 1s);
  CHECK(take_new() == admitted);
  CHECK(log.take("limits_capacity_reached").empty());
  f.advance(1s, 1s);
  CHECK(take_new() == admitted);
  CHECK(log.take("limits_capacity_reached").size() == 1);
  f.advance(60s, 1s);
  --number;
  CHECK(take_new() == admitted); // A key that is counted already.
  CHECK(log.take("limits_capacity_reached").empty());
  CHECK(meter->health.last_error().ended);
}

} // namespace tinybook
