#pragma once

#include "actors/system/deadline.hpp"
#include "actors/system/errors.hpp"
#include "actors/system/managed_actor.hpp"

#include <caf/actor_clock.hpp>
#include <caf/local_actor.hpp>
#include <caf/result.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace tinybook {

/// A response promise that cannot be forgotten: where it is destroyed unanswered, it
/// answers with `unavailable`. CAF itself would let the requester wait for its timeout.
template <class T>
class owed_reply {
 public:
  /// Of the request that is being handled.
  explicit owed_reply(const any_self& self)
      : promise_(self.actor->make_response_promise<T>()), meter_(self.meter) {
    meter_->pending_requests.fetch_add(1, std::memory_order_relaxed);
  }
  owed_reply(owed_reply&&) noexcept = default; // Leaves one without a meter.
  owed_reply& operator=(owed_reply&&) = delete;
  ~owed_reply() {
    if (meter_)
      (*this)(failure{errc::unavailable, meter_->name() + " stopped"});
  }

  /// Answers once; later calls do nothing.
  void operator()(T value) { deliver(std::move(value)); }
  void operator()(caf::error e) { deliver(std::move(e)); }
  void operator()(failure f) { deliver(to_error(std::move(f))); }
  void operator()(result<T> r) {
    if (r)
      deliver(std::move(r).value());
    else
      deliver(to_error(std::move(r.error())));
  }

  /// What the handler returns.
  [[nodiscard]] caf::result<T> promise() const { return promise_; }

 private:
  template <class Answer>
  void deliver(Answer answer) {
    if (!meter_)
      return;
    meter_->pending_requests.fetch_sub(1, std::memory_order_relaxed);
    meter_.reset();
    promise_.deliver(std::move(answer));
  }

  caf::typed_response_promise<T> promise_;
  meter_ptr meter_; ///< Nothing once it is answered.
};

/// An owed reply that several callbacks share, with the deadline of its request.
template <class T>
class pending_reply {
 public:
  explicit pending_reply(const any_self& self)
      : held_(std::make_shared<held>(
          held{owed_reply<T>(self), self.actor->clock(), *self.due})) {}

  /// Answers once; later calls do nothing.
  template <class Answer>
  void operator()(Answer answer) const {
    held_->reply(std::move(answer));
  }
  void operator()(errc code) const { held_->reply(failure{code}); }

  /// The timeout for asking another actor on behalf of this request, as `most` bounds it;
  /// zero or below once its deadline has passed.
  [[nodiscard]] std::chrono::milliseconds within(step_bound most) const {
    const auto now = held_->clock.now();
    return std::chrono::floor<std::chrono::milliseconds>(most.from(now, held_->due)
                                                         - now);
  }

  /// Whether nobody waits for the answer any more.
  [[nodiscard]] bool is_late() const { return held_->due < held_->clock.now(); }

  /// What the handler returns.
  [[nodiscard]] caf::result<T> promise() const { return held_->reply.promise(); }

 private:
  struct held {
    owed_reply<T> reply;
    const caf::actor_clock& clock; // The system's: outlives its actors.
    deadline due;
  };
  std::shared_ptr<held> held_;
};

/// The return value of a handler that has its answer at once.
template <class T>
caf::result<T> answer(result<T> r) {
  if (r)
    return std::move(r).value();
  return to_error(std::move(r.error()));
}

} // namespace tinybook
