#include "tests/actors/sms/delivery_fixture.hpp"
#include "tests/support/caught_lines.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

using lines = std::vector<std::string>;
using storage::message_state;

namespace {

struct told_supervisor : delivery_fixture {
  void force(const std::string& provider, forced_state state, wall_time until = {}) {
    REQUIRE(
        ask(supervisor, force_provider{provider, state, until, {"ops", "they asked"}}));
  }
  [[nodiscard]] health_level level() const {
    return health_of_supervisor().summary().level;
  }

  caught_lines log;
};

} // namespace

TEST_CASE_FIXTURE(
    told_supervisor,
    "while no provider can send, a message is accepted and operators are told at once") {
  add_provider("one", default_admission(), 100);
  add_provider("two");
  start_supervisor();
  force("one", forced_state::open);
  REQUIRE(submit());
  CHECK(log.take("no_provider").empty());
  REQUIRE(state(1) == message_state::delivered);

  force("two", forced_state::open);
  REQUIRE(submit("+8613800138001"));
  const auto told = log.take("no_provider");
  REQUIRE(told.size() == 1);
  CHECK(told[0].find("one has an open circuit") != std::string::npos);
  CHECK(told[0].find("two has an open circuit") != std::string::npos);
  CHECK(level() == health_level::failing);
  CHECK(health_of_supervisor().has("no_provider"));
  CHECK(gauge_of("nobody_could_send") == 1);
  advance(1min);
  REQUIRE(submit("+8613800138002"));
  CHECK(log.take("no_provider").empty());

  force("two", forced_state::none);
  advance(2s);
  CHECK(state(2) == message_state::delivered);
  CHECK(log.take("no_provider_ended") == lines{"no_provider_ended provider=two"});
  CHECK(level() == health_level::ok);
}

TEST_CASE_FIXTURE(
    told_supervisor,
    "operators are told, too, of a number whose only provider cannot send") {
  add_provider("one", default_admission(), 100);
  links.back().routes = number_routes{{"+86"}};
  add_provider("two", default_admission(), 100);
  links.back().routes = number_routes{{"+1"}};
  start_supervisor();
  force("one", forced_state::open);
  REQUIRE(submit("+18765550123"));
  run();
  CHECK(log.take("no_provider").empty());
  REQUIRE(submit());
  advance(1s);
  CHECK(log.take("no_provider") == lines{"no_provider why=one has an open circuit"});
  REQUIRE(submit("+18765550124"));
  advance(1s);
  CHECK(level() == health_level::failing);
}

TEST_CASE_FIXTURE(told_supervisor,
                  "the alert that no provider can send ends without a message, too") {
  auto& one = add_provider("one");
  links.back().routes.prefixes = {"+86"};
  add_provider("two", default_admission(), 100);
  links.back().routes.prefixes = {"+1"};
  start_supervisor();
  one.throttle(20s);
  REQUIRE(submit());
  advance(2s);
  CHECK(log.take("no_provider") == lines{"no_provider why=one asked for a pause"});
  judge.wanted = false; // The code was used: nobody asks for a place any more.
  advance(10s);
  CHECK(level() == health_level::failing);
  advance(10s);
  CHECK(level() == health_level::ok);
}

TEST_CASE_FIXTURE(told_supervisor, "providers that are only busy are no trouble") {
  auto narrow = default_admission();
  narrow.max_in_flight = 1;
  add_provider("one", narrow, 100).hang();
  start_supervisor();
  for (const auto* phone : {"+8613800138000", "+8613800138001", "+8613800138002"})
    REQUIRE(submit(phone));
  advance(1s);
  CHECK(level() == health_level::ok);
  CHECK(log.lines.empty());
}

TEST_CASE_FIXTURE(
    told_supervisor,
    "a pause of everything is told when set, at each start, and at its end") {
  add_provider("one", default_admission(), 100);
  start_supervisor();
  const auto until = now() + 10min;
  force("*", forced_state::open, until);
  const lines paused{"sms_paused until=" + format_rfc3339(until)
                     + " by=ops reason=they asked"};
  CHECK(log.take("sms_paused") == paused);
  CHECK(health_of_supervisor().has("pause.all"));
  kill_supervisor();
  start_supervisor();
  CHECK(log.take("sms_paused") == paused);
  CHECK(level() == health_level::degraded);
  advance(9min, 1s);
  CHECK(log.lines.empty());
  advance(1min, 1s);
  CHECK(log.take("sms_pause_ended").size() == 1);
  CHECK(level() == health_level::ok);

  force("*", forced_state::open);
  force("*", forced_state::none);
  CHECK(log.take("sms_paused").size() == 1);
  CHECK(log.take("sms_pause_ended").size() == 1);
  CHECK(level() == health_level::ok);
}

TEST_CASE_FIXTURE(told_supervisor,
                  "dead letters are told, masses of them once a minute") {
  add_provider("one", default_admission(), 100).always(outcome_class::rejected);
  start_supervisor();
  for (const auto* phone : {"+8613800138000", "+8613800138001", "+8613800138002"})
    REQUIRE(submit(phone));
  run();
  REQUIRE(state(3) == message_state::dead);
  CHECK(
      log.take("sms_dead_letter")
      == lines{"sms_dead_letter message=1 purpose=login provider=one outcome=rejected"});
  advance(1min);
  REQUIRE(submit("+8613800138003"));
  run();
  const auto later = log.take("sms_dead_letter");
  REQUIRE(later.size() == 1);
  CHECK(later[0].starts_with("sms_dead_letter message=4"));
  CHECK(later[0].ends_with("left_out=2"));
}

TEST_CASE_FIXTURE(told_supervisor, "a store that fails is a trouble until it answers") {
  add_provider("one", default_admission(), 100);
  start_supervisor();
  store.fail_next<storage::finish_message>(2);
  REQUIRE(submit());
  CHECK(level() == health_level::failing);
  CHECK(health_of_supervisor().has("sms-outbox"));
  advance(2s);
  CHECK(state() == message_state::delivered);
  CHECK(level() == health_level::ok);
  CHECK(health_of_supervisor().last_error().ended);
}

TEST_CASE_FIXTURE(told_supervisor, "the table of providers tells of each what is known") {
  add_provider("one", default_admission(), 100).answer = [](const outgoing_sms&) {
    send_outcome out;
    out.kind = outcome_class::not_here;
    out.whole_region = true;
    return out;
  };
  add_provider("two");
  start_supervisor();
  REQUIRE(submit("+18765550123"));
  advance(1s);
  force("two", forced_state::open);
  const auto table = ask(supervisor, list_providers{});
  REQUIRE(table);
  REQUIRE(table->rows.size() == 2);
  const auto& one = table->rows[0];
  CHECK(one.name == "one");
  CHECK(one.answers);
  REQUIRE(one.regions.size() == 1);
  CHECK(one.regions[0].region == "JM");
  CHECK(one.regions[0].until > now());
  CHECK(one.outcomes[static_cast<std::size_t>(outcome_class::not_here)] == 1);
  CHECK(table->rows[1].condition.forced == forced_state::open);

  caf::anon_send_exit(sender_at[1].get(), caf::exit_reason::kill);
  run();
  CHECK_FALSE(ask(supervisor, list_providers{})->rows[1].answers);
}

} // namespace tinybook::test
