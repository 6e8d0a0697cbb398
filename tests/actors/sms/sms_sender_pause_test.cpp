#include "tests/actors/sms/sender_fixture.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(sender_fixture, "a pause holds for places from before it, too") {
  start_sender();
  REQUIRE(reserve(2) == 2);
  world.throttle(7s);
  auto first = begin("a");
  CHECK(outcome(first).kind == outcome_class::throttled);
  auto second = begin("b");
  CHECK(given_back(second));
  CHECK(world.calls.size() == 1);
}

TEST_CASE_FIXTURE(sender_fixture,
                  "a Retry-After of a day holds for the longest pause, which is told") {
  start_sender();
  world.throttle(24h);
  REQUIRE(reserve(1) == 1);
  auto request = begin("a");
  CHECK(outcome(request).retry_after == 60s);
  CHECK(reserve(1) == 0);
  CHECK(fact_of(sender, "paused_until") == format_rfc3339(now() + 60s));
  advance(60s);
  CHECK(reserve(1) == 1);
  CHECK(fact_of(sender, "paused_until").empty());
}

TEST_CASE_FIXTURE(sender_fixture, "any word of the operator lifts the provider's pause") {
  start_sender();
  for (const auto state : {forced_state::closed, forced_state::metrics_only,
                           forced_state::open, forced_state::none}) {
    CAPTURE(to_string(state));
    world.throttle(30s);
    REQUIRE(reserve(1) == 1);
    auto request = begin("throttled-" + std::string{to_string(state)});
    CHECK(outcome(request).kind == outcome_class::throttled);
    REQUIRE(gauge_of("paused_ms") == 30'000);
    REQUIRE(ask(sender, force_provider{"one", state, {}, {"ops", "try again"}}));
    CHECK(gauge_of("paused_ms") == 0);
    CHECK(reserve(1) == (state == forced_state::open ? 0 : 1));
    if (state == forced_state::open) {
      REQUIRE(ask(sender, force_provider{"one", forced_state::closed, {}, {"ops", ""}}));
    } else {
      caf::anon_send(sender, release_slots{1});
      run();
    }
  }
}

} // namespace tinybook::test
