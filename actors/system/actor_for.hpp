#pragma once

#include "actors/system/messages.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace tinybook {

namespace detail {

template <class Message, class Reply = typename Message::reply>
struct signature {
  using type = typename caf::replies_to<Message>::template with<Reply>;
};
template <class Message>
struct signature<Message, void> {
  using type = caf::reacts_to<Message>;
};

} // namespace detail

/// An actor that takes `Messages`, each answered with its `reply` (void = one way),
/// beside what every actor of ours takes: `get_status`, `shut_down` and its own timers.
template <class... Messages>
using actor_for = caf::typed_actor<caf::replies_to<get_status>::with<actor_status>,
                                   caf::reacts_to<shut_down>, caf::reacts_to<timer_fired>,
                                   typename detail::signature<Messages>::type...>;

template <class... Commands>
struct reads {};
template <class... Commands>
struct writes {};

/// The commands of a store, apart by whether they write: on SQLite the two go to
/// different connections.
template <class Reads, class Writes>
struct store_interface;
template <class... Reads, class... Writes>
struct store_interface<reads<Reads...>, writes<Writes...>> {
  using read_commands = reads<Reads...>;
  using write_commands = writes<Writes...>;
  using reader = actor_for<Reads...>;
  using writer = actor_for<Writes...>;
  /// Runs both, for databases on which any connection can write.
  using worker = actor_for<Reads..., Writes...>;
};

} // namespace tinybook
