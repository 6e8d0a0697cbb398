#pragma once

#include <caf/actor_clock.hpp>
#include <caf/mailbox_element.hpp>

namespace tinybook {

/// The moment by which the answer to a request is wanted, on the clock of the actors.
/// It travels with the request: who gets to a request later drops it before the work,
/// since nobody waits for the answer (`managed_actor`), and who asks others on its behalf
/// gives them no more time (`pending_reply::within`).
using deadline = caf::actor_clock::time_point;

/// Of what is wanted however late it comes.
inline constexpr deadline no_deadline = deadline::max();

/// The same request with a deadline.
[[nodiscard]] caf::mailbox_element_ptr with_deadline(caf::mailbox_element_ptr request,
                                                     deadline due);

/// `no_deadline` for a request that was made without.
[[nodiscard]] deadline deadline_of(const caf::mailbox_element& request);

} // namespace tinybook
