#include "actors/system/address.hpp"

#include <caf/abstract_actor.hpp>

namespace tinybook {

bool any_address::runs() const {
  const auto held = untyped();
  return held
         && !caf::actor_cast<caf::abstract_actor*>(held)->getf(
             caf::abstract_actor::is_terminated_flag);
}

failure too_many_waiting(const any_address& at) {
  failure full{errc::overloaded, at.name() + " has too many commands waiting"};
  full.retry_after = retry_soon;
  return full;
}

} // namespace tinybook
