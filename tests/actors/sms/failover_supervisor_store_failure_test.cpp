#include "tests/actors/sms/delivery_fixture.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

using storage::message_state;

TEST_CASE_FIXTURE(delivery_fixture,
                  "an acceptance is written again until the store has it") {
  auto& one = add_provider("one");
  start_supervisor();
  store.fail_next<storage::finish_message>(20);
  REQUIRE(submit());
  advance(30s);
  CHECK(state() == message_state::leased);
  CHECK(gauge_of("writes_to_repeat") == 1);
  advance(2min);
  CHECK(state() == message_state::delivered);
  CHECK(one.calls.size() == 1);
  CHECK(gauge_of("in_flight") == 0);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "an acceptance that cannot be written keeps its lease meanwhile") {
  options.lease = 12s;
  auto& one = add_provider("one");
  start_supervisor();
  store.fail_next<storage::finish_message>(15);
  REQUIRE(submit());
  advance(1min);
  CHECK(one.calls.size() == 1);
}

TEST_CASE_FIXTURE(delivery_fixture, "a failed claim is repeated after a while") {
  auto& one = add_provider("one");
  start_supervisor();
  store.fail_next<storage::claim_messages>(3);
  REQUIRE(submit());
  run();
  CHECK(one.calls.empty());
  CHECK(store.count<storage::claim_messages>() <= 3);
  advance(3s);
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(delivery_fixture, "nothing is claimed before old leases are free") {
  auto& one = add_provider("one");
  store.fail_next<storage::reclaim_leases>(3);
  start_supervisor();
  REQUIRE(submit());
  CHECK(store.count<storage::claim_messages>() == 0);
  CHECK(one.calls.empty());
  advance(5s);
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a failure whose note cannot be written goes on when it can") {
  add_provider("one", default_admission(), 100).always(outcome_class::provider_down);
  auto& two = add_provider("two");
  start_supervisor();
  store.fail_next<storage::record_attempt>(2);
  REQUIRE(submit());
  run();
  CHECK(two.calls.empty());
  advance(2s);
  CHECK(two.calls.size() == 1);
  CHECK(tries() == std::vector<std::string>{"one provider_down", "two delivered"});
}

TEST_CASE_FIXTURE(delivery_fixture, "a store that fails for long loses no message") {
  auto& one = add_provider("one");
  one.always(outcome_class::provider_down);
  start_supervisor();
  REQUIRE(submit());
  run();
  store.fault = [](std::type_index) {
    return failure{errc::unavailable, "frozen"};
  };
  advance(1min);
  store.fault = {};
  one.always(outcome_class::delivered);
  advance(1min);
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "an acceptance outlives its lease while the store is away") {
  auto& one = add_provider("one");
  one.hang();
  start_supervisor();
  REQUIRE(submit());
  REQUIRE(one.calls.size() == 1);
  store.fault = [](std::type_index) {
    return std::optional{failure{errc::unavailable, "the disk is gone"}};
  };
  one.release(outcome_class::delivered);
  one.always(outcome_class::delivered);
  advance(60s);
  store.fault = nullptr;
  advance(30s);
  CHECK(one.calls.size() == 1);
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(delivery_fixture, "what nobody can send expires in the store") {
  start_supervisor(); // Without a provider.
  REQUIRE(submit());
  advance(11min, 500ms);
  CHECK(state() == message_state::expired);
  CHECK(store.message(1).message.sealed_parameters.empty());
}

TEST_CASE_FIXTURE(delivery_fixture, "history goes after its retention") {
  options.retention = std::chrono::days{1};
  options.history_period = 1min;
  add_provider("one");
  start_supervisor();
  REQUIRE(submit());
  advance(23h, 30s);
  CHECK(state() == message_state::delivered);
  advance(2h, 30s);
  CHECK(store.message(1).message.id == 0);
}

} // namespace tinybook::test
