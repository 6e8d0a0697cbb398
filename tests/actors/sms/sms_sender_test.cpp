#include "actors/sms/sms_sender.hpp"
#include "tests/actors/sms/scripted_worker.hpp"
#include "tests/support/actor_fixture.hpp"

using namespace std::chrono_literals;

namespace tinybook::test {

struct sender_fixture : actor_fixture {
  sender_fixture() {
    world.clock = clock();
    world.always(outcome_class::delivered);
  }

  void start_sender() {
    config.name = "one";
    sender = start<sms_sender_actor, sms_sender_state>("one", config,
                                                       scripted_workers(&world), clock());
  }

  std::int64_t reserve(std::int64_t wanted) {
    return ask(sender, reserve_slots{wanted})->granted;
  }

  /// Sends without waiting for the answer.
  auto begin(const std::string& client_ref) {
    send_sms command;
    command.message.client_ref = client_ref;
    auto request = self->request(sender, caf::infinite, command);
    run();
    return request;
  }

  template <class Request>
  send_outcome outcome(Request& request) {
    send_outcome out;
    request.receive(
        [&](send_outcome& got) { out = std::move(got); },
        [](const caf::error&) { FAIL("a send is answered with an outcome"); });
    return out;
  }

  double gauge_of(const std::string& name) {
    const auto status = ask(sender, get_status{});
    REQUIRE(status);
    for (const auto& g : status->gauges)
      if (g.name == name)
        return g.value;
    FAIL("no gauge " << name);
    return 0;
  }

  scripted_provider_world world;
  sms_sender_config config;
  sms_sender_actor sender;
};

TEST_CASE_FIXTURE(sender_fixture, "places are granted as far as they are free") {
  config.admission.max_in_flight = 3;
  start_sender();
  CHECK(reserve(2) == 2);
  CHECK(reserve(2) == 1);
  CHECK(reserve(1) == 0);
  caf::anon_send(sender, release_slots{2});
  run();
  CHECK(reserve(5) == 2);
}

TEST_CASE_FIXTURE(sender_fixture, "a hanging provider is ambiguous after the timeout") {
  config.timeout = 2s;
  start_sender();
  world.hang();
  REQUIRE(reserve(1) == 1);
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
  REQUIRE(reserve(1) == 1);
  auto request = begin("a");
  advance(5min, 1s);
  CHECK(outcome(request).kind == outcome_class::ambiguous);
  CHECK(gauge_of("hung_workers") == 1);
  CHECK(reserve(1) == 0);
  world.release(outcome_class::delivered);
  run();
  CHECK(gauge_of("hung_workers") == 0);
  CHECK(reserve(1) == 1);
}

TEST_CASE_FIXTURE(sender_fixture, "workers are made when first needed, and reused") {
  config.admission.max_in_flight = 4;
  start_sender();
  CHECK(gauge_of("workers") == 0);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(reserve(1) == 1);
    auto request = begin(std::to_string(i));
    CHECK(outcome(request).kind == outcome_class::delivered);
  }
  CHECK(gauge_of("workers") == 1);
}

TEST_CASE_FIXTURE(sender_fixture, "the same message joins the send under way") {
  start_sender();
  world.hang();
  REQUIRE(reserve(2) == 2);
  auto first = begin("a");
  auto second = begin("a");
  CHECK(world.calls.size() == 1);
  world.release(outcome_class::delivered);
  run();
  CHECK(outcome(first).kind == outcome_class::delivered);
  CHECK(outcome(second).kind == outcome_class::delivered);
  CHECK(gauge_of("reserved") == 0);
  CHECK(gauge_of("in_flight") == 0);
}

TEST_CASE_FIXTURE(sender_fixture, "a refusal for rate closes the door for as long") {
  start_sender();
  world.answer = [](const outgoing_sms&) {
    send_outcome out;
    out.kind = outcome_class::throttled;
    out.retry_after = 7s;
    return out;
  };
  REQUIRE(reserve(1) == 1);
  auto request = begin("a");
  CHECK(outcome(request).kind == outcome_class::throttled);
  const auto refused = ask(sender, reserve_slots{1});
  CHECK(refused->granted == 0);
  CHECK(refused->next_at == now() + 7s);
  advance(7s);
  CHECK(reserve(1) == 1);
}

TEST_CASE_FIXTURE(sender_fixture, "a send without a place is refused, not sent") {
  config.admission.max_in_flight = 1;
  start_sender();
  world.hang();
  REQUIRE(reserve(1) == 1);
  auto first = begin("a");
  auto second = begin("b");
  CHECK(outcome(second).kind == outcome_class::throttled);
  CHECK(world.calls.size() == 1);
  world.release(outcome_class::delivered);
  run();
  CHECK(outcome(first).kind == outcome_class::delivered);
}

TEST_CASE_FIXTURE(sender_fixture, "stopping waits for the answer and takes nothing new") {
  start_sender();
  world.hang();
  REQUIRE(reserve(2) == 2);
  auto first = begin("a");
  self->monitor(sender);
  caf::anon_send(sender, shut_down{});
  run();
  CHECK(reserve(1) == 0);
  auto second = begin("b");
  CHECK(outcome(second).kind == outcome_class::throttled);
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
  config.name = "one";
  sender = start<sms_sender_actor, sms_sender_state>(
      "one", config,
      worker_spawner<caf::no_spawn_options>([] { return std::make_unique<throwing>(); }),
      clock());
  REQUIRE(reserve(1) == 1);
  auto request = begin("a");
  const auto got = outcome(request);
  CHECK(got.kind == outcome_class::ambiguous);
  CHECK(got.text.find("424242") == std::string::npos);
  CHECK(reserve(16) == 16);
}

} // namespace tinybook::test
