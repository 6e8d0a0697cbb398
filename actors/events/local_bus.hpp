#pragma once

#include "actors/events/messages.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"

#include <chrono>
#include <cstdint>

namespace tinybook {

struct local_bus_config {
  std::chrono::milliseconds request_timeout{0};
};

/// The bus of one process. It keeps nothing: a message is answered when the feed has
/// acked it, so the transactional outbox is the log, and after a crash of any part it is
/// replayed from there.
class local_bus_state {
 public:
  using actor_type = event_bus_actor;

  local_bus_state(self_pointer<actor_type> self, local_bus_config config,
                  address<event_feed_actor> feed)
      : self_(self), config_(config), feed_(std::move(feed)) {}

  actor_type::behavior_type make_behavior();

 private:
  caf::result<done> publish(publish_messages& batch);

  self_pointer<actor_type> self_;
  local_bus_config config_;
  address<event_feed_actor> feed_;
  std::uint64_t messages_ = 0;
};

} // namespace tinybook
