#pragma once

#include "actors/events/event_bus.hpp"
#include "actors/events/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/timer.hpp"
#include "storage/event_store.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace tinybook {

struct publisher_config {
  std::size_t batch = 0; ///< Events that travel in one message.
  std::chrono::milliseconds heartbeat{0};
  std::chrono::milliseconds retry{500}; ///< After a failure of store or bus.
  default_timeout request_timeout{};
};

/// Takes committed events to the bus and deletes them once they are safe there: at least
/// once, in any order; the versions in the events make repeats harmless. Woken by the
/// store writer after a commit, and by its own heartbeat. A crash loses nothing: what was
/// not deleted is published again.
class publisher_state {
 public:
  using actor_type = event_publisher_actor;

  publisher_state(self_pointer<actor_type> self, publisher_config config,
                  store_address<event_store_actor> store, std::shared_ptr<event_bus> bus,
                  wall_clock clock)
      : self_(self),
        config_(config),
        store_(std::move(store)),
        bus_(std::move(bus)),
        clock_(std::move(clock)),
        heartbeat_(self, 1) {}

  actor_type::behavior_type make_behavior();

 private:
  task<result<done>> wake();
  task<result<done>> empty_outbox();
  task<result<done>> publish(std::vector<storage::stored_event> pending);
  task<result<done>> send_heartbeat(wall_time complete_until);
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  publisher_config config_;
  store_address<event_store_actor> store_;
  std::shared_ptr<event_bus> bus_;
  wall_clock clock_;
  timer heartbeat_;
  bool busy_ = false;        ///< A round is under way; there is one at a time.
  bool woken_again_ = false; ///< Something committed during the round.
  std::uint64_t published_ = 0;
  std::uint64_t failures_ = 0;
  wall_time complete_until_{};
  std::string last_failure_;
};

} // namespace tinybook
