#pragma once

#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"

#include <functional>

namespace tinybook {

/// Runs `work`, which shares or owns whatever it touches: who asked may be gone.
struct run_long_work {
  using reply = done;
  std::function<void()> work;
};

/// A thread for what keeps a core busy for longer than a poller may leave its sockets,
/// such as reading a large body: one job at a time, in the order of their arrival. How
/// many wait is bounded by who asks. Stateless; what `work` throws ends the actor, and
/// answers that job alone with `internal`.
class long_work_state {
 public:
  using actor_type = long_work_actor;

  explicit long_work_state(self_pointer<actor_type> self) : self_(std::move(self)) {}

  actor_type::behavior_type make_behavior();

 private:
  self_pointer<actor_type> self_;
};

} // namespace tinybook
