#include "tests/actors/sms/delivery_fixture.hpp"
#include "tests/support/caught_lines.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

using storage::message_state;

namespace {

struct operated : delivery_fixture {
  storage::receipt report_on(message_id id, bool delivered) {
    const auto row = store.message(id).message;
    storage::receipt out;
    out.provider_message_id = row.provider_message_id;
    out.client_ref = row.client_ref;
    out.phone = row.phone;
    out.delivered = delivered;
    return out;
  }
  result<receipts_taken> report(const std::string& provider, storage::receipt r) {
    return ask(supervisor, take_receipts{provider, {std::move(r)}});
  }
  /// A provider that hangs with message 1, and has reported it as lost already.
  scripted_provider_world& report_before_answer() {
    auto& one = add_provider("one", default_admission(), 100);
    one.hang();
    start_supervisor();
    REQUIRE(submit());
    auto early = report_on(1, false);
    early.provider_message_id = "theirs-1";
    CHECK(report("one", early)->unknown == 1);
    return one;
  }
  result<done> force(const std::string& provider, forced_state state,
                     wall_time until = {}) {
    return ask(supervisor, force_provider{provider, state, until, {"ops", "a test"}});
  }
};

} // namespace

TEST_CASE_FIXTURE(operated, "a bad report counts as a failure and asks for a new code") {
  add_provider("one", default_admission(), 100);
  start_supervisor();
  REQUIRE(submit());
  run();
  REQUIRE(state() == message_state::delivered);
  const auto taken = report("one", report_on(1, false));
  REQUIRE(taken);
  CHECK(taken->joined == 1);
  REQUIRE(resender.resends.size() == 1);
  CHECK(resender.resends[0].lost.id == 1);
  CHECK(resender.resends[0].provider == "one");
  CHECK(gauge_of("receipts_bad") == 1);
  CHECK(gauge_of("resent") == 1);
}

TEST_CASE_FIXTURE(operated, "a replayed, a forged and a foreign report change nothing") {
  add_provider("one", default_admission(), 100);
  start_supervisor();
  REQUIRE(submit());
  run();
  const auto genuine = report_on(1, false);
  REQUIRE(report("one", genuine));
  CHECK(report("one", genuine)->duplicate == 1);
  auto forged = genuine;
  forged.phone = "+8613900000000";
  CHECK(report("one", forged)->unknown == 1);
  CHECK(report("two", genuine)->unknown == 1);
  advance(3s);
  CHECK(resender.resends.size() == 1);
}

TEST_CASE_FIXTURE(operated, "a bad report for a code that has run out sends nothing") {
  add_provider("one", default_admission(), 100);
  start_supervisor();
  REQUIRE(submit());
  run();
  advance(11min, 5s);
  REQUIRE(report("one", report_on(1, false)));
  CHECK(resender.resends.empty());
}

TEST_CASE_FIXTURE(operated,
                  "a report that is faster than our own write is joined later") {
  auto& one = report_before_answer();
  one.always(outcome_class::delivered);
  send_outcome accepted;
  accepted.kind = outcome_class::delivered;
  accepted.provider_message_id = "theirs-1";
  for (auto& go_on : std::exchange(one.hanging, {}))
    go_on(accepted);
  run();
  REQUIRE(state() == message_state::delivered);
  advance(3s);
  CHECK(gauge_of("receipts_bad") == 1);
  CHECK(resender.resends.size() == 1);
}

TEST_CASE_FIXTURE(operated, "a report that outruns a slow answer outlives a crash") {
  auto& one = report_before_answer();
  advance(4s);
  kill_supervisor();
  for (auto& go_on : std::exchange(one.hanging, {}))
    go_on({});
  one.always(outcome_class::delivered);
  start_supervisor();
  advance(60s);
  REQUIRE(state() == message_state::delivered);
  CHECK(gauge_of("receipts_joined_late") == 1);
  CHECK(gauge_of("receipts_bad") == 1);
  CHECK(resender.resends.size() == 1);
}

TEST_CASE_FIXTURE(operated, "what a report lacks is counted, and logged once") {
  caught_lines log;
  start_supervisor();
  for (int twice = 0; twice < 2; ++twice)
    REQUIRE(ask(supervisor, take_receipts{"one", {}, {"status", "phone"}}));
  CHECK(
      log.take("sms_report_not_understood")
      == std::vector<std::string>{"sms_report_not_understood provider=one field=status",
                                  "sms_report_not_understood provider=one field=phone"});
  CHECK(gauge_of("receipts_not_understood") == 4);
}

TEST_CASE_FIXTURE(operated, "a good report ends a message that waits for one") {
  options.single_copy_purposes = {"login"};
  add_provider("one", default_admission(), 100).always(outcome_class::ambiguous);
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit());
  advance(5s);
  REQUIRE(state() == message_state::ready);
  CHECK(two.calls.empty());
  REQUIRE(report("one", report_on(1, true)));
  run();
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(operated, "a dead message is redriven as a new row, once") {
  auto& one = add_provider("one", default_admission(), 100);
  one.always(outcome_class::rejected);
  start_supervisor();
  REQUIRE(submit());
  run();
  REQUIRE(state() == message_state::dead);
  one.always(outcome_class::delivered);
  const auto again = ask(supervisor, redrive_sms{1, {"ops", "fixed"}});
  REQUIRE(again);
  run();
  CHECK(state(again->id) == message_state::delivered);
  CHECK(state(1) == message_state::dead);
  CHECK(store.message(again->id).message.parent == 1);
  CHECK(one.calls[0].message.client_ref != one.calls[1].message.client_ref);
  CHECK(one.calls[0].message.parameters == one.calls[1].message.parameters);
  const auto twice = ask(supervisor, redrive_sms{1, {"ops", "again"}});
  REQUIRE_FALSE(twice);
  CHECK(twice.error().code == errc::wrong_state);
}

TEST_CASE_FIXTURE(operated, "a redrive after the code has run out is refused, and why") {
  add_provider("one", default_admission(), 100).always(outcome_class::rejected);
  start_supervisor();
  REQUIRE(submit());
  advance(11min, 5s);
  const auto late = ask(supervisor, redrive_sms{1, {"ops", "late"}});
  REQUIRE_FALSE(late);
  CHECK(late.error().code == errc::message_expired);
}

TEST_CASE_FIXTURE(operated, "a discarded message is off the list, its parameters gone") {
  add_provider("one", default_admission(), 100).always(outcome_class::rejected);
  start_supervisor();
  REQUIRE(submit());
  run();
  CHECK(ask(supervisor, storage::list_messages{.limit = 20})->messages.size() == 1);
  REQUIRE(ask(supervisor, discard_sms{1, {"ops", "noise"}}));
  CHECK(ask(supervisor, storage::list_messages{.limit = 20})->messages.empty());
  CHECK(store.message(1).message.sealed_parameters.empty());
}

TEST_CASE_FIXTURE(operated, "a pause of all sends nothing until it is lifted or ends") {
  auto& one = add_provider("one", default_admission(), 100);
  start_supervisor();
  REQUIRE(force("*", forced_state::open, now() + 20s));
  REQUIRE(submit());
  advance(15s);
  CHECK(one.calls.empty());
  CHECK(tries().empty());
  SUBCASE("lifted") {
    REQUIRE(force("*", forced_state::none));
  }
  SUBCASE("over, also for a supervisor that has started since") {
    kill_supervisor();
    start_supervisor();
    advance(1s);
    CHECK(one.calls.empty());
    advance(6s);
  }
  run();
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(operated,
                  "an unknown provider and a pause with another state are refused") {
  add_provider("one", default_admission(), 100);
  start_supervisor();
  CHECK(force("three", forced_state::open).error().code == errc::provider_not_found);
  CHECK(force("*", forced_state::closed).error().code == errc::wrong_state);
}

TEST_CASE_FIXTURE(operated, "a provider that is forced open gets nothing, the next all") {
  auto& one = add_provider("one", default_admission(), 100);
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(force("one", forced_state::open));
  REQUIRE(submit());
  advance(1s);
  CHECK(one.calls.empty());
  CHECK(two.calls.size() == 1);
}

TEST_CASE_FIXTURE(operated, "with every circuit open one message at a time still goes") {
  circuit.open_base = 300s;
  circuit.jitter = 0;
  circuit.open_cap = 300s;
  auto& one = add_provider("one", default_admission(), 100);
  one.always(outcome_class::provider_down);
  start_supervisor();
  for (int i = 0; i < 12; ++i)
    REQUIRE(submit("+86138001380" + std::to_string(10 + i)));
  advance(10s, 20ms);
  const auto before = one.calls.size();
  advance(10s, 20ms);
  const auto probes = one.calls.size() - before;
  CHECK(probes >= 4);
  CHECK(probes <= 11);
  one.always(outcome_class::delivered);
  advance(30s, 20ms);
  for (message_id id = 1; id <= 12; ++id)
    CHECK(state(id) == message_state::delivered);
}

TEST_CASE_FIXTURE(operated, "the rate of all providers together holds over all of them") {
  options.claims.rate_per_second = 5;
  auto& one = add_provider("one", default_admission(), 50);
  auto& two = add_provider("two", default_admission(), 50);
  start_supervisor();
  for (int i = 0; i < 30; ++i)
    REQUIRE(submit("+86138001380" + std::to_string(10 + i)));
  advance(3s, 20ms);
  CHECK(one.calls.size() + two.calls.size() <= 20);
  CHECK(one.calls.size() + two.calls.size() >= 10);
  advance(20s, 20ms);
  CHECK(one.calls.size() + two.calls.size() == 30);
  CHECK(gauge_of("tries_per_message") == 1);
}

TEST_CASE_FIXTURE(operated, "messages are counted by how soon they arrived") {
  auto& one = add_provider("one", default_admission(), 100);
  start_supervisor();
  REQUIRE(submit("+8613800138011"));
  run();
  one.always(outcome_class::provider_down);
  REQUIRE(submit("+8613800138012"));
  advance(2s, 20ms);
  one.always(outcome_class::delivered);
  advance(10s, 20ms);
  REQUIRE(state(2) == message_state::delivered);
  CHECK(gauge_of("delivered_within_1s") == 1);
  CHECK(gauge_of("delivered_within_30s") == 2);
}

} // namespace tinybook::test
