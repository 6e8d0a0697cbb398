#include "tests/actors/sms/delivery_fixture.hpp"

#include <set>

namespace tinybook::test {

using namespace std::chrono_literals;

using storage::message_state;

TEST_CASE("a supervisor killed at any step still delivers under one client reference") {
  // Step 0 is before the first message, and the last is after all is done.
  bool killed_in_time = true;
  for (int step = 0; killed_in_time && step < 200; ++step) {
    CAPTURE(step);
    delivery_fixture f;
    auto& one = f.add_provider("one", default_admission(), 100);
    one.always(outcome_class::provider_down);
    auto& two = f.add_provider("two");
    f.spawn_supervisor();
    auto message = f.code_for("+8613800138000");
    message.row.expires_at = f.now() + 10min;
    REQUIRE(f.store.model.run(
        submission_of(std::move(message), *f.keys, *f.random, f.now())));
    tell(f.supervisor_at, outbox_changed{1});
    int steps = 0;
    while (steps < step && f.sched.try_run_once())
      ++steps;
    killed_in_time = steps == step;
    f.kill_supervisor();
    f.start_supervisor();
    f.advance(20s);
    CHECK(f.state() == message_state::delivered);
    std::set<std::string> references;
    for (auto& world : f.worlds)
      for (const auto& call : world.calls)
        references.insert(call.message.client_ref);
    CHECK(references.size() == 1);
    CHECK(two.calls.size() <= 2); // Twice only if the kill fell before the write.
  }
  CHECK_FALSE(killed_in_time);
}

TEST_CASE_FIXTURE(delivery_fixture, "a send under way is joined after a restart") {
  auto& one = add_provider("one");
  one.hang();
  start_supervisor();
  REQUIRE(submit());
  kill_supervisor();
  start_supervisor();
  CHECK(one.calls.size() == 1);
  one.release(outcome_class::delivered);
  run();
  CHECK(state() == message_state::delivered);
  CHECK(one.calls.size() == 1);
}

TEST_CASE_FIXTURE(delivery_fixture, "a place in the round survives a restart") {
  auto& one = add_provider("one");
  one.always(outcome_class::provider_down);
  start_supervisor();
  REQUIRE(submit());
  advance(10s, 10ms);
  const auto before = store.message(1).message;
  REQUIRE(before.attempt >= 3);
  kill_supervisor();
  start_supervisor();
  CHECK(store.message(1).message.attempt == before.attempt);
  CHECK(decode_progress(store.message(1).message.progress).round
        == decode_progress(before.progress).round);
}

TEST_CASE_FIXTURE(delivery_fixture, "stopping waits for what is being sent") {
  auto& one = add_provider("one");
  one.hang();
  start_supervisor();
  REQUIRE(submit());
  self->monitor(supervisor);
  caf::anon_send(supervisor, shut_down{});
  advance(2s);
  CHECK(self->mailbox().empty());
  REQUIRE(submit("+8613800138001"));
  CHECK(one.calls.size() == 1);
  CHECK(state(2) == message_state::ready); // For another replica, or the next start.
  one.release(outcome_class::delivered);
  run();
  CHECK(state() == message_state::delivered);
  bool down = false;
  self->receive([&](const caf::down_msg&) { down = true; }, caf::after(0s) >> [] {});
  CHECK(down);
}

TEST_CASE_FIXTURE(delivery_fixture, "stopping gives back what is not sent yet") {
  auto& one = add_provider("one", default_admission(), 100);
  one.hang();
  auto& two = add_provider("two");
  start_supervisor();
  REQUIRE(submit());
  caf::anon_send(supervisor, shut_down{});
  run();
  one.release(outcome_class::provider_down);
  run();
  CHECK(two.calls.empty());
  CHECK(state() == message_state::ready);
  CHECK(tries() == std::vector<std::string>{"one provider_down"});
  one.always(outcome_class::delivered);
  start_supervisor();
  advance(2s);
  CHECK(state() == message_state::delivered);
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "a call that a stop cuts off is ambiguous, and that is written") {
  options.drain_bound = 3s;
  auto& one = add_provider("one");
  one.hang();
  start_supervisor();
  REQUIRE(submit());
  self->monitor(supervisor);
  caf::anon_send(supervisor, shut_down{});
  advance(2900ms);
  CHECK(*one.cuts == 0);
  CHECK(state() == message_state::leased);
  advance(200ms);
  CHECK(*one.cuts == 1);
  CHECK(tries() == std::vector<std::string>{"one ambiguous"});
  CHECK(state() == message_state::ready);
  CHECK_FALSE(self->mailbox().empty());
  self->receive([](const caf::down_msg&) {}, caf::after(0s) >> [] {});
}

TEST_CASE_FIXTURE(delivery_fixture, "stopping ends at its bound") {
  options.drain_bound = 3s;
  add_provider("one").hang();
  start_supervisor();
  REQUIRE(submit());
  self->monitor(supervisor);
  caf::anon_send(supervisor, shut_down{});
  advance(2900ms);
  CHECK(self->mailbox().empty());
  advance(200ms);
  CHECK_FALSE(self->mailbox().empty());
  self->receive([](const caf::down_msg&) {}, caf::after(0s) >> [] {});
}

} // namespace tinybook::test
