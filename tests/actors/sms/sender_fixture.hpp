#pragma once

#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/sms_sender.hpp"
#include "tests/actors/sms/scripted_store.hpp"
#include "tests/actors/sms/scripted_worker.hpp"
#include "tests/actors/sms/told_places.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/default_configs.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace tinybook::test {

/// A real sender under virtual time; its provider and the store are scripted.
struct sender_fixture : actor_fixture {
  sender_fixture() {
    world.clock = clock();
    world.always(outcome_class::delivered);
    using door = delivery_store;
    start<door::writer, scripted_store_state<door::writer, door::write_commands>>(writer,
                                                                                  &store);
    start<door::reader, scripted_store_state<door::reader, door::read_commands>>(reader,
                                                                                 &store);
    start<error_rate_monitor_actor, error_rate_monitor_state>(
        monitor_at, default_monitor(), sender_at);
  }
  ~sender_fixture() {
    world.hanging.clear();
    sender_at.clear();
    monitor_at.clear();
    writer.clear();
    reader.clear();
    sender = nullptr;
  }

  void start_sender() { start_with(scripted_workers(&world)); }
  void start_with(const sms_worker_spawner& workers) {
    config.name = "one";
    sender = start<sms_sender_actor, sms_sender_state>(
        sender_at, config, workers,
        sms_sender_peers{monitor_at, supervisor.at,
                         store_address<delivery_store>{writer, {reader}}},
        clock(), random);
  }

  /// Crashes the sender and starts it again.
  void restart_sender() {
    caf::anon_send_exit(sender, caf::exit_reason::kill);
    run();
    start_sender();
  }

  [[nodiscard]] const health_record& health_of_sender() const {
    return sender_at.meter()->health;
  }

  [[nodiscard]] std::string circuit_fact() { return fact_of(sender, "circuit"); }

  /// The places that the supervisor knows of.
  std::int64_t free() {
    run();
    return supervisor.free();
  }

  /// Sends without waiting for the answer.
  auto begin(const std::string& client_ref) {
    send_sms command;
    command.message.client_ref = client_ref;
    command.message.expires_at = now() + std::chrono::minutes{10};
    supervisor.sends();
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

  /// One call that ends as `kind`; whether it was let through.
  bool call(outcome_class kind) {
    world.always(kind);
    if (free() <= 0)
      return false;
    auto request = begin("call-" + std::to_string(++calls_));
    CHECK(outcome(request).kind == kind);
    run();
    return true;
  }

  double gauge_of(const std::string& name) {
    return actor_fixture::gauge_of(sender, name);
  }

  /// Whether a send was given back unsent.
  template <class Request>
  bool given_back(Request& request) {
    bool back = false;
    request.receive(
        [](const send_outcome&) {},
        [&](caf::error& e) { back = to_failure(e, "sender").code == errc::overloaded; });
    return back;
  }

  scripted_provider_world world;
  scripted_store store;
  sms_sender_config config = default_sender();
  std::shared_ptr<seeded_random> random = std::make_shared<seeded_random>(3);
  address<delivery_store::writer> writer{
      std::make_shared<actor_meter>("writer", "store", "test")};
  address<delivery_store::reader> reader{
      std::make_shared<actor_meter>("reader", "store", "test")};
  address<sms_sender_actor> sender_at{
      std::make_shared<actor_meter>("one", "sms sender", "test")};
  address<error_rate_monitor_actor> monitor_at{
      std::make_shared<actor_meter>("monitor", "monitor", "test")};
  told_places supervisor{*this};
  handle_of<sms_sender_actor> sender;

 private:
  int calls_ = 0;
};

} // namespace tinybook::test
