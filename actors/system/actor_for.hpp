#pragma once

#include "actors/system/messages.hpp"
#include "storage/types.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <type_traits>

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

namespace detail {

template <class... Lists>
struct joined;
template <class... A>
struct joined<storage::commands<A...>> {
  using type = storage::commands<A...>;
};
template <class... A, class... B, class... Lists>
struct joined<storage::commands<A...>, storage::commands<B...>, Lists...>
    : joined<storage::commands<A..., B...>, Lists...> {};

/// Those of a list that write, or those that do not.
template <bool Writes, class List>
struct chosen;
template <bool Writes, class... Commands>
struct chosen<Writes, storage::commands<Commands...>>
    : joined<storage::commands<>,
             std::conditional_t<Commands::writes == Writes, storage::commands<Commands>,
                                storage::commands<>>...> {};

template <class List>
struct actor_of;
template <class... Commands>
struct actor_of<storage::commands<Commands...>> {
  using type = actor_for<Commands...>;
};

} // namespace detail

/// The commands of stores, apart by whether they write: on SQLite the two go to different
/// connections.
template <class... Lists>
struct store_interface {
  using all_commands = typename detail::joined<Lists...>::type;
  using read_commands = typename detail::chosen<false, all_commands>::type;
  using write_commands = typename detail::chosen<true, all_commands>::type;
  using reader = typename detail::actor_of<read_commands>::type;
  using writer = typename detail::actor_of<write_commands>::type;
  /// Runs both, for databases on which any connection can write.
  using worker = typename detail::actor_of<all_commands>::type;
};

} // namespace tinybook
