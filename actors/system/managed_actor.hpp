#pragma once

#include "actors/system/actor_for.hpp"
#include "actors/system/actor_journeys.hpp"
#include "actors/system/address.hpp"
#include "actors/system/deadline.hpp"
#include "actors/system/errors.hpp"
#include "actors/system/meter.hpp"

#include <caf/actor_config.hpp>
#include <caf/local_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/sec.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace tinybook {

/// The CAF actor around every state class: counts incoming messages, drops requests whose
/// deadline has passed, times the handlers, records the exception that ended the actor,
/// and on exit destroys its journeys and then the state, which answers every pending
/// promise (`pending_reply`).
///
/// `State` is built as `State(self, args...)` and gives its behaviour by
/// `make_behavior()`.
template <class Interface, class State>
class managed_actor : public handle_of<Interface>::base {
 public:
  using super = typename handle_of<Interface>::base;
  using behavior_type = typename handle_of<Interface>::behavior_type;

  template <class... Ts>
  managed_actor(caf::actor_config& cfg, meter_ptr meter, Ts&&... args)
      : super(cfg), meter_(std::move(meter)) {
    meter_->started();
    this->set_exception_handler(
        [this](std::exception_ptr& thrown) { return describe_exception(thrown); });
    state_.emplace(this, std::forward<Ts>(args)...);
  }

  /// An actor that is reached at `at`: already by what it tells in its first step, so
  /// that no answer to that is lost.
  template <class Listed, class... Ts>
  managed_actor(caf::actor_config& cfg, const address<Listed>& at, Ts&&... args)
      : managed_actor(cfg, at.meter(), std::forward<Ts>(args)...) {
    at.set(handle_of<Interface>{this->ctrl(), true});
  }

  const char* name() const override { return meter_->name().c_str(); }

  using super::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* unit) override {
    meter_->message_arrived();
    super::enqueue(std::move(element), unit);
  }

  caf::invoke_message_result consume(caf::mailbox_element& element) override {
    due_ = deadline_of(element);
    if (due_ != no_deadline && due_ < this->clock().now()) {
      drop(element);
      return caf::invoke_message_result::consumed;
    }
    // A guard, since a handler may throw; it shares the meter, since the actor may end
    // within the call.
    struct at_work {
      explicit at_work(meter_ptr m) : meter(std::move(m)) { meter->message_begins(); }
      ~at_work() { meter->message_ends(); }
      at_work(const at_work&) = delete;
      at_work& operator=(const at_work&) = delete;
      meter_ptr meter;
    } guard{meter_};
    this->current_element_ = &element;
    if (journeys_.consume(element))
      return caf::invoke_message_result::consumed;
    return super::consume(element);
  }

  behavior_type make_behavior() override {
    auto ours = state_->make_behavior();
    return static_cast<behavior_type&&>(ours);
  }

  void on_exit() override {
    journeys_.clear();
    state_.reset();
    super::on_exit();
  }

  [[nodiscard]] const meter_ptr& meter() const { return meter_; }

  /// The deadline of the request, or of the journey, that it is at.
  [[nodiscard]] const deadline& due() const { return due_; }

  [[nodiscard]] journeys& running() { return journeys_; }

 private:
  void drop(const caf::mailbox_element& late) {
    meter_->message_dropped();
    if (late.mid.is_request() && late.sender)
      late.sender->enqueue(
          caf::make_mailbox_element(this->ctrl(), late.mid.response_id(), {},
                                    to_error({errc::deadline_exceeded,
                                              meter_->name() + " got to it too late"})),
          this->context());
  }

  caf::error describe_exception(std::exception_ptr& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      meter_->health.note_error(e.what(), system_now());
    } catch (...) {
      meter_->health.note_error("unknown exception", system_now());
    }
    // CAF answers what waits in the mailbox of a dying actor, but not what is at work.
    this->make_response_promise().deliver(
        to_error({errc::internal, meter_->name() + " failed by an exception"}));
    return caf::make_error(caf::sec::runtime_error, meter_->health.last_error().text);
  }

  meter_ptr meter_;
  deadline due_ = no_deadline;
  std::optional<State> state_;
  actor_journeys journeys_{*this, meter_, due_}; // Last: it ends before the state does.
};

namespace detail {

template <class Interface, class State>
struct implemented {
  using type = Interface;
};
template <class Interface, class State>
requires requires {
  typename State::actor_type;
}
struct implemented<Interface, State> {
  using type = typename State::actor_type;
};

} // namespace detail

/// The actor of `State` where it stands for a `Interface`: it may have messages of its
/// own beside them (`with_own`).
template <class Interface, class State>
using actor_of_state =
    managed_actor<typename detail::implemented<Interface, State>::type, State>;

/// An actor whatever its interface. Code that needs no more than this is compiled once,
/// not once for each kind of actor.
struct any_self {
  caf::local_actor* actor;
  meter_ptr meter;
  const deadline* due; ///< Of the request, or of the journey, that it is at.
  journeys* running;   ///< Its journeys.
};

/// What a state holds of its actor: the typed pointer, and the meter for its own counts.
template <class Interface>
struct self_pointer : any_self {
  using base = typename handle_of<Interface>::base;

  template <class State>
  self_pointer(managed_actor<Interface, State>* self)
      : any_self{self, self->meter(), &self->due(), &self->running()},
        ptr(self) {} // NOLINT

  base* operator->() const { return ptr; }
  [[nodiscard]] base* get() const { return ptr; }
  [[nodiscard]] auto handle() const { return handle_of<Interface>{ptr}; }

  base* ptr;
};

} // namespace tinybook
