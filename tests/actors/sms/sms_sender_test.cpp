#include "tests/actors/sms/sender_fixture.hpp"
#include "tests/support/default_configs.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(sender_fixture, "the places that are free are told, and only changes") {
  config.admission.max_in_flight = 3;
  start_sender();
  CHECK(free() == 3);
  world.hang();
  auto first = begin("a");
  auto second = begin("b");
  CHECK(free() == 1);
  CHECK(supervisor.last.taken == 0); // What is sent is counted there.
  world.release(outcome_class::delivered);
  run();
  CHECK(free() == 3);
  CHECK(outcome(first).kind == outcome_class::delivered);
  CHECK(outcome(second).kind == outcome_class::delivered);
}

TEST_CASE_FIXTURE(sender_fixture, "places come back with the rate, without a question") {
  config.admission.max_in_flight = 10;
  config.admission.rate_per_second = 2;
  start_sender();
  CHECK(free() == 2);
  auto first = begin("a");
  auto second = begin("b");
  CHECK(outcome(first).kind == outcome_class::delivered);
  CHECK(outcome(second).kind == outcome_class::delivered);
  CHECK(free() == 0);
  CHECK(supervisor.last.why == refusal::busy);
  advance(1s);
  CHECK(free() > 0);
}

TEST_CASE_FIXTURE(sender_fixture, "a supervisor that starts anew is told at its word") {
  start_sender();
  world.hang();
  auto first = begin("a");
  told_places next(*this);
  supervisor.at.set(next.at.get());
  caf::anon_send(sender, want_places{});
  run();
  CHECK(next.free() == 15);
  CHECK(next.last.taken == 1);
  world.release(outcome_class::delivered);
  run();
  CHECK(next.free() == 16);
  CHECK(outcome(first).kind == outcome_class::delivered);
}

TEST_CASE_FIXTURE(sender_fixture, "a hanging provider is ambiguous after the timeout") {
  config.timeout = 2s;
  start_sender();
  world.hang();
  auto request = begin("a");
  advance(2s);
  CHECK(self->mailbox().empty());
  advance(500ms);
  const auto got = outcome(request);
  CHECK(got.kind == outcome_class::ambiguous);
  CHECK(got.provider_code == "timeout");
}

TEST_CASE_FIXTURE(sender_fixture, "a hung worker is busy until its call returns") {
  config.admission.max_in_flight = 1;
  config.timeout = 2s;
  start_sender();
  world.hang();
  auto request = begin("a");
  advance(5min, 1s);
  CHECK(outcome(request).kind == outcome_class::ambiguous);
  CHECK(gauge_of("hung_workers") == 1);
  CHECK(free() == 0);
  world.release(outcome_class::delivered);
  run();
  CHECK(gauge_of("hung_workers") == 0);
  CHECK(free() == 1);
}

TEST_CASE_FIXTURE(sender_fixture, "workers are made when first needed, and reused") {
  config.admission.max_in_flight = 4;
  start_sender();
  CHECK(gauge_of("workers") == 0);
  for (int i = 0; i < 3; ++i) {
    auto request = begin(std::to_string(i));
    CHECK(outcome(request).kind == outcome_class::delivered);
  }
  CHECK(gauge_of("workers") == 1);
}

TEST_CASE_FIXTURE(sender_fixture, "the same message joins the send under way") {
  start_sender();
  world.hang();
  auto first = begin("a");
  auto second = begin("a");
  CHECK(world.calls.size() == 1);
  world.release(outcome_class::delivered);
  run();
  CHECK(outcome(first).kind == outcome_class::delivered);
  CHECK(outcome(second).kind == outcome_class::delivered);
  CHECK(free() == 16);
  CHECK(gauge_of("in_flight") == 0);
}

TEST_CASE_FIXTURE(
    sender_fixture,
    "after a refusal for rate there is no place until its Retry-After is over") {
  start_sender();
  world.throttle(7s);
  auto request = begin("a");
  CHECK(outcome(request).kind == outcome_class::throttled);
  CHECK(free() == 0);
  CHECK(supervisor.last.retry_after == 7s);
  CHECK(supervisor.last.why == refusal::paused);
  advance(7s);
  CHECK(free() == 16);
}

TEST_CASE_FIXTURE(sender_fixture, "a send without a place is refused, not sent") {
  config.admission.max_in_flight = 1;
  start_sender();
  world.hang();
  auto first = begin("a");
  auto second = begin("b");
  CHECK(given_back(second));
  CHECK(world.calls.size() == 1);
  world.release(outcome_class::delivered);
  run();
  CHECK(outcome(first).kind == outcome_class::delivered);
}

TEST_CASE_FIXTURE(sender_fixture, "stopping waits for the answer and takes nothing new") {
  start_sender();
  world.hang();
  auto first = begin("a");
  self->monitor(sender);
  caf::anon_send(sender, shut_down{});
  run();
  CHECK(free() == 0);
  auto second = begin("b");
  CHECK(given_back(second));
  world.release(outcome_class::delivered);
  run();
  CHECK(outcome(first).kind == outcome_class::delivered);
  bool down = false;
  self->receive([&](const caf::down_msg&) { down = true; }, caf::after(0s) >> [] {});
  CHECK(down);
}

TEST_CASE_FIXTURE(sender_fixture, "a client that throws is an ambiguous outcome") {
  struct throwing final : sms_provider {
    send_outcome send(const outgoing_sms&, std::chrono::milliseconds) override {
      throw std::runtime_error("424242");
    }
  };
  start_with(
      worker_spawner<caf::no_spawn_options>([] { return std::make_unique<throwing>(); }));
  auto request = begin("a");
  const auto got = outcome(request);
  CHECK(got.kind == outcome_class::ambiguous);
  CHECK(got.text.find("424242") == std::string::npos);
  CHECK(free() == 16);
}

TEST_CASE_FIXTURE(sender_fixture,
                  "failures in a row open the circuit, and it is stored") {
  start_sender();
  for (int i = 0; i < 5; ++i)
    REQUIRE(call(outcome_class::provider_down));
  CHECK(circuit_fact() == "open");
  CHECK(free() == 0);
  CHECK(supervisor.last.why == refusal::open);
  const auto stored = store.states.run(storage::load_provider_states{});
  REQUIRE(stored->states.size() == 1);
  CHECK(stored->states[0].state == "open");
  CHECK(stored->states[0].open_until > now());
}

TEST_CASE_FIXTURE(sender_fixture, "an open circuit comes back by probes and a ramp") {
  config.circuit.jitter = 0;
  start_sender();
  for (int i = 0; i < 5; ++i)
    REQUIRE(call(outcome_class::provider_down));
  advance(5s);
  CHECK(circuit_fact() == "half_open");
  CHECK(free() == 3);
  while (circuit_fact() == "half_open")
    REQUIRE(call(outcome_class::delivered));
  CHECK(circuit_fact() == "ramp");
  advance(61s);
  CHECK(circuit_fact() == "closed");
}

TEST_CASE_FIXTURE(sender_fixture, "a restarted sender goes on with the stored circuit") {
  start_sender();
  for (int i = 0; i < 5; ++i)
    REQUIRE(call(outcome_class::provider_down));
  caf::anon_send_exit(sender, caf::exit_reason::kill);
  run();
  start_sender();
  CHECK(circuit_fact() == "open");
  CHECK(free() == 0);
}

TEST_CASE_FIXTURE(sender_fixture,
                  "a forced state holds, is stored with its author, and ends") {
  start_sender();
  force_provider command{"one", forced_state::open, now() + 30s, {"ops", "maintenance"}};
  REQUIRE(ask(sender, command));
  CHECK(free() == 0);
  const auto stored = store.states.run(storage::load_provider_states{});
  REQUIRE(stored->states.size() == 1);
  CHECK(stored->states[0].forced == "open");
  CHECK(stored->states[0].forced_by == "ops");
  CHECK(stored->states[0].reason == "maintenance");
  advance(31s);
  CHECK(circuit_fact() == "half_open");
  CHECK(free() > 0);
}

TEST_CASE_FIXTURE(sender_fixture, "while the states cannot be read there is no place") {
  store.fail_next<storage::load_provider_states>(1);
  start_sender();
  CHECK(free() == 0);
  advance(2s);
  CHECK(free() > 0);
}

TEST_CASE_FIXTURE(sender_fixture,
                  "a message for a place from before the circuit opened is given back") {
  start_sender();
  world.always(outcome_class::provider_down);
  for (int i = 0; i < 5; ++i) {
    auto request = begin("early-" + std::to_string(i));
    CHECK(outcome(request).kind == outcome_class::provider_down);
  }
  run();
  auto late = begin("late");
  CHECK(given_back(late));
  CHECK(world.calls.size() == 5);
}

TEST_CASE_FIXTURE(sender_fixture,
                  "an expired message is given back, however it got here") {
  start_sender();
  send_sms command;
  command.message.expires_at = now();
  auto request = self->request(sender, caf::infinite, command);
  run();
  CHECK(given_back(request));
  CHECK(world.calls.empty());
}

TEST_CASE_FIXTURE(sender_fixture, "a lost message counts as one more failure") {
  start_sender();
  for (int i = 0; i < 4; ++i)
    REQUIRE(call(outcome_class::provider_down));
  CHECK(circuit_fact() == "closed");
  caf::anon_send(sender, note_lost_message{});
  run();
  CHECK(circuit_fact() == "open");
}

TEST_CASE_FIXTURE(sender_fixture,
                  "a monitor that starts anew learns the generation at once") {
  start_sender();
  start<error_rate_monitor_actor, error_rate_monitor_state>(
      monitor_at, test::default_monitor(), sender_at);
  for (int i = 0; i < 5; ++i)
    REQUIRE(call(outcome_class::provider_down));
  CHECK(circuit_fact() == "open");
}

TEST_CASE_FIXTURE(sender_fixture,
                  "a monitor that finds no sender learns the generation by a call") {
  start_sender();
  sender_at.clear();
  start<error_rate_monitor_actor, error_rate_monitor_state>(
      monitor_at, test::default_monitor(), sender_at);
  sender_at.set(sender);
  // The first call has a generation that it does not know.
  for (int i = 0; i < 6; ++i)
    REQUIRE(call(outcome_class::provider_down));
  CHECK(circuit_fact() == "open");
}

TEST_CASE_FIXTURE(sender_fixture, "a pause holds for places from before it, too") {
  start_sender();
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
  auto request = begin("a");
  CHECK(outcome(request).retry_after == 60s);
  CHECK(free() == 0);
  CHECK(fact_of(sender, "paused_until") == format_rfc3339(now() + 60s));
  advance(60s);
  CHECK(free() > 0);
  CHECK(fact_of(sender, "paused_until").empty());
}

TEST_CASE_FIXTURE(sender_fixture, "any force by an operator lifts the provider's pause") {
  start_sender();
  for (const auto state : {forced_state::closed, forced_state::metrics_only,
                           forced_state::open, forced_state::none}) {
    CAPTURE(to_string(state));
    world.throttle(30s);
    auto request = begin("throttled-" + std::string{to_string(state)});
    CHECK(outcome(request).kind == outcome_class::throttled);
    REQUIRE(gauge_of("paused_ms") == 30'000);
    REQUIRE(ask(sender, force_provider{"one", state, {}, {"ops", "try again"}}));
    CHECK(gauge_of("paused_ms") == 0);
    CHECK((free() > 0) == (state != forced_state::open));
    if (state == forced_state::open)
      REQUIRE(ask(sender, force_provider{"one", forced_state::closed, {}, {"ops", ""}}));
  }
}

} // namespace tinybook::test
