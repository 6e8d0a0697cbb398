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

/// The interface of an actor: it takes `Messages`, each answered with its `reply` (void =
/// one way), beside what every actor of ours takes: `get_status`, `shut_down` and its own
/// timers. An `address` of it can be held where the messages are only declared: what CAF
/// makes of them is named by `handle_of` and by the class within.
template <class... Messages>
struct actor_for {
  class behavior_type;
};

namespace detail {

template <class Interface>
struct caf_types;
template <class... Messages>
struct caf_types<actor_for<Messages...>> {
  using handle = caf::typed_actor<caf::replies_to<get_status>::with<actor_status>,
                                  caf::reacts_to<shut_down>, caf::reacts_to<timer_fired>,
                                  typename signature<Messages>::type...>;
};

} // namespace detail

/// CAF's typed handle of an actor with this interface.
template <class Interface>
using handle_of = typename detail::caf_types<Interface>::handle;

/// A handler for each message.
template <class... Messages>
class actor_for<Messages...>::behavior_type
    : public handle_of<actor_for<Messages...>>::behavior_type {
 public:
  using caf_behavior = typename handle_of<actor_for>::behavior_type;
  using caf_behavior::caf_behavior;
};

namespace detail {

template <class T, class... Ts>
constexpr bool is_any_of = (std::is_same_v<T, Ts> || ...);

template <class Interface, class Message>
constexpr bool takes = false;
template <class... Messages, class Message>
constexpr bool takes<actor_for<Messages...>, Message> =
    is_any_of<Message, Messages..., get_status, shut_down, timer_fired>;

template <class Wider, class Interface>
constexpr bool takes_all = false;
template <class Wider, class... Messages>
constexpr bool takes_all<Wider, actor_for<Messages...>> = (takes<Wider, Messages> && ...);

template <class Interface, class... Own>
struct extended;
template <class... Messages, class... Own>
struct extended<actor_for<Messages...>, Own...> {
  using type = actor_for<Messages..., Own...>;
};

} // namespace detail

/// `Interface` and what the actor sends to itself, of which nobody else need know.
template <class Interface, class... Own>
using with_own = typename detail::extended<Interface, Own...>::type;

/// Whether an actor of this kind takes `Message`; no message need be defined for it.
template <class Message, class Interface>
concept taken_by = detail::takes<Interface, Message>;

/// Whether `Wider` takes all that `Interface` does.
template <class Wider, class Interface>
concept wider_than =
    !std::is_same_v<Wider, Interface> && detail::takes_all<Wider, Interface>;

namespace detail {

/// The commands of some lists in one.
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

template <class List, class Command>
constexpr bool lists = false;
template <class... Commands, class Command>
constexpr bool lists<storage::commands<Commands...>, Command> =
    is_any_of<Command, Commands...>;

} // namespace detail

/// The commands of stores, apart by whether they write: on SQLite the two go to different
/// connections.
template <class... Stores>
struct store_interface {
  using all_commands = typename detail::joined<typename Stores::list...>::type;
  using read_commands = typename detail::chosen<false, all_commands>::type;
  using write_commands = typename detail::chosen<true, all_commands>::type;
  using reader = typename detail::actor_of<read_commands>::type;
  using writer = typename detail::actor_of<write_commands>::type;
  /// Runs both, for databases on which any connection can write.
  using worker = typename detail::actor_of<all_commands>::type;
};

/// Whether the store has `Command`.
template <class Store, class Command>
concept command_of = detail::lists<typename Store::all_commands, Command>;

} // namespace tinybook
