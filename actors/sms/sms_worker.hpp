#pragma once

#include "actors/sms/sms_provider.hpp"
#include "actors/system/actor_for.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace tinybook {

/// Makes the blocking call. Always answered with an outcome, however the client behaves.
struct run_send {
  using reply = send_outcome;
  outgoing_sms message;
  std::chrono::milliseconds timeout{0};
};

/// Runs one blocking client of a provider; spawned detached by `detached_workers`.
using sms_worker_actor = actor_for<run_send>;

/// Holds only its client: a crash loses a kept-alive connection, and the send under way
/// becomes ambiguous.
class sms_worker_state {
 public:
  using actor_type = sms_worker_actor;

  sms_worker_state(self_pointer<actor_type> self, std::shared_ptr<sms_provider> client)
      : self_(std::move(self)), client_(std::move(client)) {}

  actor_type::behavior_type make_behavior();

 private:
  [[nodiscard]] send_outcome send(const run_send& command);

  self_pointer<actor_type> self_;
  std::shared_ptr<sms_provider> client_;
};

/// A worker, and a function that aborts the call that it is in: a message to it would
/// wait until the call ends.
struct sms_worker_handle {
  address<sms_worker_actor> at;
  std::function<void()> cut = [] {
  };
};

/// Starts one worker; with a thread of its own or not, as the spawner was made.
using sms_worker_spawner =
    std::function<sms_worker_handle(caf::actor_system&, const std::string& name)>;

template <caf::spawn_options Options>
[[nodiscard]] sms_worker_spawner worker_spawner(sms_provider_factory make_client) {
  return [make_client = std::move(make_client)](
             caf::actor_system& system, const std::string& name) -> sms_worker_handle {
    address<sms_worker_actor> at{
        std::make_shared<actor_meter>(name, "sms worker", "sms sender")};
    std::shared_ptr<sms_provider> client = make_client();
    system.spawn<managed_actor<sms_worker_actor, sms_worker_state>, Options>(at, client);
    return {at, [client] {
              client->cut();
            }};
  };
}

/// The spawner of the product: a thread for each worker.
[[nodiscard]] sms_worker_spawner detached_workers(sms_provider_factory make_client);

} // namespace tinybook
