#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/sessions/messages.hpp"
#include "actors/system/managed_actor.hpp"
#include "http/live/live_state.hpp"

#include <functional>
#include <memory>

namespace tinybook::http {

/// The actor side of the public listener: receives what is pushed to the pollers
/// and reports the listener's gauges. The pushed state is shared with those threads and
/// outlives the actor, so a crash loses nothing; a push that fails meanwhile is repeated
/// by its sender.
class ingress_state {
 public:
  using actor_type = ingress_actor;
  /// Gauges of the listener and of what else the process serves outside of actors; called
  /// on the actor's thread, must not block.
  using listener_probe = std::function<actor_status()>;

  ingress_state(self_pointer<actor_type> self, std::shared_ptr<live_state> live,
                listener_probe probe, wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  std::shared_ptr<live_state> live_;
  listener_probe probe_;
  wall_clock clock_;
};

} // namespace tinybook::http
