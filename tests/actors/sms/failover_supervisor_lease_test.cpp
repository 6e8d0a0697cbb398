#include "tests/actors/sms/delivery_fixture.hpp"

#include <typeinfo>

namespace tinybook::test {

using namespace std::chrono_literals;

using storage::message_state;

TEST_CASE_FIXTURE(delivery_fixture, "leases are extended while a provider is slow") {
  options.lease = 12s;
  auto& one = add_provider("one");
  one.hang();
  judge.wanted = true;
  start_supervisor();
  REQUIRE(submit());
  advance(5s);
  CHECK(store.count<storage::extend_leases>() >= 1);
  CHECK(store.message(1).message.lease_until > now() + 7s);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a message whose lease is too short is left to its next owner") {
  options.lease = 15s;
  options.lease_margin = 11s; // 5 s of timeout and this are more than the lease.
  auto& one = add_provider("one");
  start_supervisor();
  REQUIRE(submit());
  run();
  CHECK(one.calls.empty());
  CHECK(state() == message_state::leased);
  CHECK(gauge_of("lease_too_short") == 1);
  CHECK(gauge_of("in_flight") == 0);
}

TEST_CASE_FIXTURE(delivery_fixture, "what was left is reclaimed and sent") {
  options.lease = 15s;
  options.lease_margin = 11s;
  auto& one = add_provider("one");
  start_supervisor();
  REQUIRE(submit());
  kill_supervisor();
  options.lease_margin = 1s;
  options.shared = true;
  start_supervisor();
  CHECK(one.calls.empty());
  advance(31s);
  CHECK(one.calls.size() == 1);
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "without a lease a failure is not written or retried") {
  auto& one = add_provider("one", default_admission(), 100);
  one.hang();
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit());
  // Another process takes the row over.
  REQUIRE(store.model.run(storage::reclaim_leases{now(), true}));
  REQUIRE(store.model.run(storage::claim_messages{now(), 15s, 1}));
  one.release(outcome_class::provider_down);
  run();
  CHECK(store.message(1).attempts.empty());
  CHECK(two.calls.empty());
  CHECK(gauge_of("leases_lost") == 1);
  CHECK(gauge_of("in_flight") == 0);
}

TEST_CASE_FIXTURE(delivery_fixture, "without a lease an acceptance still ends the row") {
  auto& one = add_provider("one");
  one.hang();
  start_supervisor();
  REQUIRE(submit());
  REQUIRE(store.model.run(storage::reclaim_leases{now(), true}));
  REQUIRE(store.model.run(storage::claim_messages{now(), 15s, 1}));
  one.release(outcome_class::delivered);
  run();
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(delivery_fixture, "a lost lease stops the next try") {
  options.lease = 12s;
  auto& one = add_provider("one", default_admission(), 100);
  one.hang();
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit());
  REQUIRE(store.model.run(storage::reclaim_leases{now(), true}));
  REQUIRE(store.model.run(storage::claim_messages{now(), 60s, 1}));
  advance(10s); // A heartbeat finds out, and the first provider times out.
  CHECK(two.calls.empty());
  CHECK(one.calls.size() == 1);
}

TEST_CASE_FIXTURE(
    delivery_fixture,
    "what the store refuses is given up once the lease is known to be lost") {
  add_provider("one").always(outcome_class::provider_down);
  start_supervisor();
  store.fail_next<storage::reschedule_message>(1'000);
  REQUIRE(submit());
  run();
  REQUIRE(store.model.run(storage::reclaim_leases{now(), true}));
  const auto by_another = store.model.run(storage::claim_messages{now(), 1h, 10});
  REQUIRE(by_another->messages.size() == 1);
  advance(15s);
  const auto writes = store.count<storage::reschedule_message>();
  advance(30s);
  CHECK(store.count<storage::reschedule_message>() == writes);
}

TEST_CASE_FIXTURE(delivery_fixture, "a row that comes back in flight is sent only once") {
  options.lease = 12s;
  auto& one = add_provider("one");
  one.hang();
  start_supervisor();
  REQUIRE(submit());
  // The lease runs out while we work on it, and we claim the row again.
  REQUIRE(store.model.run(storage::reclaim_leases{now(), true}));
  REQUIRE(submit("+8613800138009"));
  CHECK(one.calls.size() == 2);
  CHECK(one.calls[0].message.id != one.calls[1].message.id);
  one.release(outcome_class::provider_down);
  run();
  CHECK(store.message(1).attempts.size() == 1); // Under the new token.
}

} // namespace tinybook::test
