#include "tests/actors/sms/sender_fixture.hpp"
#include "tests/support/caught_lines.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

using lines = std::vector<std::string>;

namespace {

struct told_sender : sender_fixture {
  void force(forced_state state, wall_time until = {}) {
    REQUIRE(ask(sender, force_provider{"one", state, until, {"ops", "they asked"}}));
  }
  [[nodiscard]] health_level level() const { return health_of_sender().summary().level; }

  caught_lines log;
};

} // namespace

TEST_CASE_FIXTURE(
    told_sender, "a circuit that opens is told, shown while it lasts, and its end told") {
  config.circuit.jitter = 0;
  start_sender();
  for (int i = 0; i < 5; ++i)
    call(outcome_class::provider_down);
  REQUIRE(circuit_fact() == "open");
  const auto opened = log.take("circuit_changed");
  REQUIRE(opened.size() == 1);
  CHECK(opened[0].starts_with("circuit_changed provider=one from=closed to=open why="));
  CHECK(level() == health_level::failing);
  CHECK(health_of_sender().has("circuit.one"));
  CHECK_FALSE(health_of_sender().last_error().ended);

  for (int i = 0; i < 600 && circuit_fact() != "closed"; ++i) {
    call(outcome_class::delivered);
    advance(1s);
  }
  const auto healed = log.take("circuit_changed");
  REQUIRE(healed.size() == 3);
  CHECK(healed[0].find("from=open to=half_open") != std::string::npos);
  CHECK(healed[1].find("from=half_open to=ramp") != std::string::npos);
  CHECK(healed[2].find("from=ramp to=closed") != std::string::npos);
  CHECK(level() == health_level::ok);
  CHECK(health_of_sender().last_error().ended);
}

TEST_CASE_FIXTURE(told_sender, "a forced state is told when set and when it is lifted") {
  start_sender();
  force(forced_state::open);
  CHECK(log.take("provider_forced")
        == lines{"provider_forced provider=one state=open until=it is lifted by=ops "
                 "reason=they asked"});
  CHECK(level() == health_level::degraded);
  CHECK(health_of_sender().has("forced.one"));
  advance(1min);
  CHECK(log.take("provider_forced").empty());
  force(forced_state::none);
  CHECK(log.take("provider_force_ended")
        == lines{"provider_force_ended provider=one state=open"});
  REQUIRE(circuit_fact() == "half_open");
  CHECK(level() == health_level::ok);
}

TEST_CASE_FIXTURE(told_sender, "a forced state is told at each start and when it ends") {
  start_sender();
  const auto until = now() + 10min;
  force(forced_state::metrics_only, until);
  log.lines.clear();
  for (int starts = 0; starts < 2; ++starts) {
    restart_sender();
    CHECK(log.take("provider_forced")
          == lines{"provider_forced provider=one state=metrics_only until="
                   + format_rfc3339(until) + " by=ops reason=they asked"});
    CHECK(health_of_sender().has("forced.one"));
  }
  advance(10min, 1s);
  CHECK(log.take("provider_force_ended").size() == 1);
  CHECK(level() == health_level::ok);
}

TEST_CASE_FIXTURE(told_sender,
                  "a pause that the provider asks for is told with its end") {
  start_sender();
  const auto until = now() + 30s;
  world.throttle(30s);
  auto request = begin("throttled");
  CHECK(outcome(request).kind == outcome_class::throttled);
  CHECK(log.take("provider_paused")
        == lines{"provider_paused provider=one until=" + format_rfc3339(until)});
  CHECK(health_of_sender().has("pause.one"));
  CHECK(supervisor.last.why == refusal::paused);
  advance(31s);
  CHECK(log.take("provider_pause_ended") == lines{"provider_pause_ended provider=one"});
  CHECK(level() == health_level::ok);
}

TEST_CASE_FIXTURE(told_sender, "a long pause is told also right behind the last one") {
  start_sender();
  for (int i = 0; i < 3; ++i) {
    world.throttle(30s);
    auto request = begin("throttled-" + std::to_string(i));
    CHECK(outcome(request).kind == outcome_class::throttled);
    CHECK(log.take("provider_paused").size() == 1);
    force(forced_state::closed);
    CHECK(log.take("provider_pause_ended").size() == 1);
  }
}

TEST_CASE_FIXTURE(told_sender, "pauses that follow each other are told now and then") {
  start_sender();
  for (int i = 0; i < 18; ++i) {
    call(outcome_class::throttled); // For a second.
    advance(1100ms);
  }
  const auto told = log.take("provider_paused");
  REQUIRE(told.size() == 2);
  CHECK(told[1].find("left_out=") != std::string::npos);
  CHECK(log.take("provider_pause_ended").size() == 2);
}

TEST_CASE_FIXTURE(told_sender, "a provider is described by what holds it and its calls") {
  start_sender();
  call(outcome_class::delivered);
  call(outcome_class::rejected);
  force(forced_state::closed, now() + 1min);
  const auto row = *ask(sender, describe_provider{});
  CHECK(row.name == "one");
  CHECK(row.answers);
  CHECK(row.condition.circuit == circuit_state::closed);
  CHECK(row.condition.forced == forced_state::closed);
  CHECK(row.condition.forced_by == "ops");
  CHECK(row.condition.forced_until == now() + 1min);
  CHECK(row.outcomes[static_cast<std::size_t>(outcome_class::delivered)] == 1);
  CHECK(row.outcomes[static_cast<std::size_t>(outcome_class::rejected)] == 1);
}

} // namespace tinybook::test
