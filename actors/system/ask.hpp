#pragma once

#include "actors/system/address.hpp"
#include "actors/system/deadline.hpp"
#include "actors/system/errors.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"

#include <caf/actor_cast.hpp>
#include <caf/delegated.hpp>
#include <caf/message_priority.hpp>
#include <caf/response_handle.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <limits>
#include <memory>
#include <string_view>
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
    then(result<typename Command::reply>{too_many_waiting(to)});
    return;
  }
  ask_untyped(self, to, timeout, std::move(command), std::move(then));
}

/// See `ask` in a journey: what does not depend on the command.
class asking_base : public waiter {
 public:
  [[nodiscard]] bool await_ready() const { return false; }

 protected:
  /// Refused with `overloaded` while `max_queue` messages wait at `to`.
  asking_base(const any_address& to, step_bound most, std::size_t max_queue)
      : to_(to), most_(most), max_queue_(max_queue) {}
  ~asking_base() = default;

  struct envelope {
    caf::actor to;
    caf::strong_actor_ptr from;
    caf::message_id id;
    deadline due;
    caf::execution_unit* unit;
  };

  /// Begins to wait; or says why nothing is sent.
  [[nodiscard]] result<envelope> begin(detail::frame_promise& of,
                                       std::coroutine_handle<> frame);
  static void send(const envelope& with, caf::mailbox_element_ptr request);

  /// Of an answer that is no reply.
  [[nodiscard]] failure failure_of(const caf::mailbox_element& answer) const;
  [[nodiscard]] failure no_answer() const;

 private:
  const any_address& to_;
  step_bound most_;
  std::size_t max_queue_;
};

template <class Command>
class [[nodiscard]] asking final : public asking_base {
 public:
  using reply = typename Command::reply;

  asking(const any_address& to, step_bound most, Command command,
         std::size_t max_queue = std::numeric_limits<std::size_t>::max())
      : asking_base(to, most, max_queue), command_(std::move(command)) {}
  /// Bounded by the deadline of the journey alone. `held` is kept until the answer comes,
  /// also when nobody waits for it any more.
  asking(const any_address& to, Command command, std::shared_ptr<const void> held,
         std::size_t max_queue = std::numeric_limits<std::size_t>::max())
      : asking(to, std::chrono::hours{24 * 365}, std::move(command), max_queue) {
    this->hold(std::move(held));
  }

  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> frame) {
    auto begun = begin(frame.promise(), frame);
    if (begun)
      send(*begun, make_request(begun->from, begun->id, begun->due, std::move(command_)));
    else
      got_ = std::move(begun.error());
    return begun.ok();
  }

  result<reply> await_resume() { return std::move(got_); }

 private:
  void answered(caf::mailbox_element& answer) override {
    auto& content = answer.content();
    if (content.match_elements<reply>())
      got_ = std::move(content.get_mutable_as<reply>(0));
    else
      got_ = failure_of(answer);
  }
  void ran_out() override { got_ = no_answer(); }

  Command command_;
  result<reply> got_{errc::internal};
};

/// In a journey: sends `command` to `to`, which must outlive it; `co_await` gives the
/// `result` of its answer within `most` and the deadline of the journey, or within that
/// alone where `most` is a `default_timeout`. Nothing is sent once that has passed, and
/// what `to` has not begun by then it does not do.
template <class Receiver, taken_by<Receiver> Command>
asking<Command> ask(const address<Receiver>& to, step_bound most, Command command) {
  return {to, most, std::move(command)};
}

/// The same to a store: see above.
template <class Store, class Command>
asking<Command> ask(const store_address<Store>& store, step_bound most, Command command) {
  return {store.template route<Command>(), most, std::move(command), store.max_queue()};
}

/// Begins the journey that answers the request which is being handled. `kind` is a
/// literal, for the gauges.
template <class T>
caf::result<T> begin_journey(const any_self& self, std::string_view kind,
                             task<result<T>> body) {
  self.running->start(kind, *self.due, std::move(body), owed_reply<T>(self));
  return caf::delegated<T>{};
}

/// Begins a journey whose end nobody waits for.
inline void start_journey(const any_self& self, std::string_view kind,
                          task<result<done>> body) {
  self.running->start(kind, no_deadline, std::move(body), [](const result<done>&) {});
}

/// `ask` as a step, or as a whole journey: its answer is the answer of the target.
template <class Target, class Command>
task<result<typename Command::reply>> ask_as_task(Target to, step_bound most,
                                                  Command command) {
  co_return co_await ask(to, most, std::move(command));
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
