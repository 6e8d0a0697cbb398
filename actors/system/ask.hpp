#pragma once

#include "actors/system/address.hpp"
#include "actors/system/deadline.hpp"
#include "actors/system/errors.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"

#include <caf/actor_cast.hpp>
#include <caf/message_priority.hpp>
#include <caf/response_handle.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <utility>

namespace tinybook {

/// Sends `command` to `to`, whatever it takes: see `ask`.
template <class Interface, class Command, class Then>
void ask_untyped(const self_pointer<Interface>& self, const any_address& to,
                 std::chrono::milliseconds timeout, Command command, Then then) {
  using reply = typename Command::reply;
  auto target = to.untyped();
  if (!target) {
    then(result<reply>{failure{errc::unavailable, to.name() + " is not started"}});
    return;
  }
  if (timeout <= std::chrono::milliseconds::zero()) {
    then(result<reply>{failure{errc::deadline_exceeded, "too late to ask " + to.name()}});
    return;
  }
  // The failure handler runs instead of the value handler: they share one `then`.
  auto shared = std::make_shared<Then>(std::move(then));
  const auto id = self->new_request_id(caf::message_priority::normal);
  caf::actor_cast<caf::strong_actor_ptr>(target)->enqueue(
      make_request(self->ctrl(), id, self->clock().now() + timeout, std::move(command)),
      self->context());
  self->request_response_timeout(caf::duration{timeout}, id);
  using response = caf::response_handle<typename self_pointer<Interface>::base,
                                        caf::detail::type_list<reply>, false>;
  response{id.response_id(), self.get()}.then(
      [shared](reply& value) { (*shared)(result<reply>{std::move(value)}); },
      [shared, name = to.name()](const caf::error& e) {
        (*shared)(result<reply>{to_failure(e, name)});
      });
}

/// Sends `command` to `to` and calls `then` with its `result<reply>`, within `timeout` at
/// the latest. The only way in which our actors request: finite, and every error a domain
/// failure that names the actor. What `to` has not begun by then it does not do. On
/// behalf of a request the timeout is `reply.within(...)`; where no time is left nothing
/// is sent.
template <class Interface, class Receiver, taken_by<Receiver> Command, class Then>
void ask(const self_pointer<Interface>& self, const address<Receiver>& to,
         std::chrono::milliseconds timeout, Command command, Then then) {
  ask_untyped(self, to, timeout, std::move(command), std::move(then));
}

/// The same to a store: by whether the command writes, and refused with `overloaded`
/// while as many commands wait there as may.
template <class Interface, class Store, class Command, class Then>
void ask(const self_pointer<Interface>& self, const store_address<Store>& store,
         std::chrono::milliseconds timeout, Command command, Then then) {
  const auto& to = store.template route<Command>();
  if (to.meter()->mailbox() >= store.max_queue()) {
    then(result<typename Command::reply>{
        failure{errc::overloaded, to.name() + " has too many commands waiting"}});
    return;
  }
  ask_untyped(self, to, timeout, std::move(command), std::move(then));
}

/// Sends `message`, to which there is no answer; lost where nobody is there to take it.
template <class Receiver, taken_by<Receiver> Message>
void tell(const address<Receiver>& to, Message message) {
  if (auto target = to.untyped())
    caf::anon_send(target, std::move(message));
}

/// Passes the answer of `to` through to `reply` as it is.
template <class Interface, class Target, class Command>
void ask_into(const self_pointer<Interface>& self, const Target& to,
              std::chrono::milliseconds timeout, Command command,
              pending_reply<typename Command::reply> reply) {
  ask(self, to, timeout, std::move(command),
      [reply](result<typename Command::reply> r) { reply(std::move(r)); });
}

} // namespace tinybook
