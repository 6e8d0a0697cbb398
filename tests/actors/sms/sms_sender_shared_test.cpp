#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/sms_sender.hpp"
#include "tests/actors/sms/scripted_store.hpp"
#include "tests/actors/sms/scripted_worker.hpp"
#include "tests/actors/sms/told_places.hpp"
#include "tests/actors/support/named_address.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/default_configs.hpp"

#include <array>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t sender_replicas = 2;

} // namespace

/// The senders of two replicas for the same provider, over one store.
struct shared_fixture : actor_fixture {
  shared_fixture() {
    world.clock = clock();
    world.always(outcome_class::delivered);
    using door = delivery_store;
    start<door::writer, scripted_store_state<door::writer, door::write_commands>>(writer,
                                                                                  &store);
    start<door::reader, scripted_store_state<door::reader, door::read_commands>>(reader,
                                                                                 &store);
    config.name = "one";
    config.shared = true;
    config.circuit.jitter = 0;
    for (std::size_t i = 0; i < sender_replicas; ++i) {
      start<error_rate_monitor_actor, error_rate_monitor_state>(monitors[i],
                                                                default_monitor(), at[i]);
      start_sender(i);
    }
  }
  ~shared_fixture() {
    for (std::size_t i = 0; i < sender_replicas; ++i) {
      at[i].clear();
      monitors[i].clear();
      senders[i] = nullptr;
    }
    writer.clear();
    reader.clear();
  }

  void start_sender(std::size_t i) {
    config.replica = "replica-" + std::to_string(i);
    senders[i] = start<sms_sender_actor, sms_sender_state>(
        at[i], config, scripted_workers(&world),
        sms_sender_peers{monitors[i], supervisors[i].at,
                         store_address<delivery_store>{writer, {reader}}},
        clock(), random);
  }

  std::int64_t free(std::size_t i) {
    run();
    return supervisors[i].free();
  }

  /// One call through replica `i` that ends as `kind`; whether it was let through.
  bool call(std::size_t i, outcome_class kind, bool last_resort = false) {
    world.always(kind);
    if (last_resort ? !ask(senders[i], ask_last_resort{})->granted : free(i) <= 0)
      return false;
    supervisors[i].sends();
    send_sms command;
    command.message.client_ref = "call-" + std::to_string(++calls);
    command.message.expires_at = now() + 10min;
    command.last_resort = last_resort;
    return ask(senders[i], command).ok();
  }

  void open(std::size_t i) {
    for (int n = 0; n < 5; ++n)
      REQUIRE(call(i, outcome_class::provider_down));
    run();
    REQUIRE(circuit_fact(i) == "open");
  }

  [[nodiscard]] std::string fact(std::size_t i, const std::string& name) {
    return fact_of(senders[i], name);
  }
  [[nodiscard]] std::string circuit_fact(std::size_t i) { return fact(i, "circuit"); }
  [[nodiscard]] int probers() {
    int count = 0;
    for (std::size_t i = 0; i < sender_replicas; ++i)
      count += fact(i, "right_to_probe") == "no" ? 0 : 1;
    return count;
  }
  /// The replica that holds the probe lease.
  [[nodiscard]] std::size_t prober() { return fact(0, "right_to_probe") == "no" ? 1 : 0; }

  scripted_provider_world world;
  scripted_store store;
  sms_sender_config config = default_sender();
  std::shared_ptr<seeded_random> random = std::make_shared<seeded_random>(3);
  address<delivery_store::writer> writer = named<delivery_store::writer>("writer");
  address<delivery_store::reader> reader = named<delivery_store::reader>("reader");
  std::array<address<sms_sender_actor>, sender_replicas> at{
      named<sms_sender_actor>("one"), named<sms_sender_actor>("one")};
  std::array<address<error_rate_monitor_actor>, sender_replicas> monitors{
      named<error_rate_monitor_actor>("monitor"),
      named<error_rate_monitor_actor>("monitor")};
  std::array<told_places, sender_replicas> supervisors{told_places{*this},
                                                       told_places{*this}};
  std::array<handle_of<sms_sender_actor>, sender_replicas> senders;
  int calls = 0;
};

TEST_CASE_FIXTURE(shared_fixture,
                  "a circuit that one replica opens is open on the other") {
  open(0);
  CHECK(free(1) > 0);
  advance(1300ms);
  CHECK(circuit_fact(1) == "open");
  CHECK(free(1) == 0);
}

TEST_CASE_FIXTURE(
    shared_fixture,
    "a state that is forced on one replica holds on all, and is lifted by any") {
  REQUIRE(ask(senders[0],
              force_provider{"one", forced_state::open, {}, {"ops", "maintenance"}}));
  advance(1300ms);
  CHECK(free(0) == 0);
  CHECK(free(1) == 0);
  CHECK(fact(1, "forced_by") == "ops");
  REQUIRE(
      ask(senders[1], force_provider{"one", forced_state::closed, {}, {"ops", "over"}}));
  advance(1300ms);
  CHECK(free(0) > 0);
  CHECK(fact(0, "forced") == "closed");
}

TEST_CASE_FIXTURE(shared_fixture,
                  "of two operators who force a state at once the later wins on both") {
  REQUIRE(ask(senders[0], force_provider{"one", forced_state::open, {}, {"a", "one"}}));
  REQUIRE(ask(senders[0], force_provider{"one", forced_state::open, {}, {"a", "two"}}));
  // This replica has not seen the first two.
  REQUIRE(ask(senders[1], force_provider{"one", forced_state::closed, {}, {"b", "no"}}));
  advance(3s);
  CHECK(fact(0, "forced") == "closed");
  CHECK(fact(0, "forced_by") == "b");
  CHECK(fact(1, "forced") == "closed");
}

TEST_CASE_FIXTURE(shared_fixture,
                  "of two replicas one probes, and both learn the verdict") {
  open(0);
  advance(7s);
  REQUIRE(probers() == 1);
  const auto p = prober();
  CHECK(circuit_fact(p) == "half_open");
  CHECK(free(1 - p) == 0);
  for (int n = 0; n < 10 && circuit_fact(p) == "half_open"; ++n)
    REQUIRE(call(p, outcome_class::delivered));
  CHECK(circuit_fact(p) == "ramp");
  advance(1300ms);
  CHECK(probers() == 0);
  CHECK(circuit_fact(1 - p) == "ramp");
  CHECK(free(1 - p) > 0);
}

TEST_CASE_FIXTURE(shared_fixture,
                  "the probe lease of a replica that died goes to another") {
  open(0);
  advance(7s);
  REQUIRE(probers() == 1);
  const auto p = prober();
  caf::anon_send_exit(senders[p], caf::exit_reason::kill);
  run();
  advance(17s);
  CHECK(free(1 - p) > 0);
}

TEST_CASE_FIXTURE(shared_fixture, "a last resort needs the probe lease, too") {
  open(0);
  advance(2s);
  CHECK_FALSE(call(0, outcome_class::provider_down, true));
  run();
  CHECK_FALSE(call(1, outcome_class::provider_down, true));
  run();
  CHECK(call(0, outcome_class::provider_down, true));
  CHECK_FALSE(call(1, outcome_class::provider_down, true));
}

TEST_CASE_FIXTURE(shared_fixture,
                  "without the store it probes by itself once a lease has run out") {
  open(0);
  store.fault = [](std::type_index) {
    return std::optional<failure>{failure{errc::unavailable, "away"}};
  };
  advance(10s);
  CHECK(free(0) == 0);
  advance(8s);
  CHECK(free(0) > 0);
  store.fault = nullptr;
  advance(2s);
  CHECK(probers() == 1);
}

TEST_CASE_FIXTURE(shared_fixture,
                  "a replica that starts goes on with what the others know") {
  open(0);
  caf::anon_send_exit(senders[1], caf::exit_reason::kill);
  run();
  start_sender(1);
  CHECK(circuit_fact(1) == "open");
  const auto stored = store.states.run(storage::load_provider_states{});
  REQUIRE(stored->states.size() == 1);
  CHECK(stored->states[0].generation == 2);
}

} // namespace tinybook::test
