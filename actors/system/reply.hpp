#pragma once

#include "actors/system/errors.hpp"
#include "actors/system/managed_actor.hpp"

#include <caf/actor_clock.hpp>
#include <caf/local_actor.hpp>
#include <caf/result.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

namespace tinybook {

/// A response promise that cannot be forgotten: when its last copy is destroyed
/// unanswered, it answers with `unavailable`. CAF itself would let the requester wait for
/// its timeout.
template <class T>
class pending_reply {
 public:
  explicit pending_reply(const any_self& self)
      : held_(std::make_shared<held>(self.actor->make_response_promise<T>(), self.meter,
                                     self.actor->clock(), *self.due)) {}

  /// Answers once; later calls do nothing.
  void operator()(T value) const {
    if (auto promise = held_->take())
      promise->deliver(std::move(value));
  }
  void operator()(caf::error e) const {
    if (auto promise = held_->take())
      promise->deliver(std::move(e));
  }
  void operator()(failure f) const { (*this)(to_error(std::move(f))); }
  void operator()(errc code) const { (*this)(failure{code}); }
  void operator()(result<T> r) const {
    if (r)
      (*this)(std::move(r).value());
    else
      (*this)(std::move(r.error()));
  }

  /// The timeout for asking another actor on behalf of this request: `most`, or the time
  /// left until its deadline if that is less; zero or below once that has passed.
  [[nodiscard]] std::chrono::milliseconds within(std::chrono::milliseconds most) const {
    if (held_->due == no_deadline)
      return most;
    return std::min(most, std::chrono::floor<std::chrono::milliseconds>(
                              held_->due - held_->clock.now()));
  }

  /// Whether nobody waits for the answer any more.
  [[nodiscard]] bool is_late() const { return held_->due < held_->clock.now(); }

  /// What the handler returns.
  [[nodiscard]] caf::result<T> promise() const { return held_->promise; }

 private:
  struct held {
    held(caf::typed_response_promise<T> p, meter_ptr m, const caf::actor_clock& c,
         deadline d)
        : promise(std::move(p)), meter(std::move(m)), clock(c), due(d) {
      meter->pending_requests.fetch_add(1, std::memory_order_relaxed);
    }
    held(const held&) = delete;
    held& operator=(const held&) = delete;
    ~held() {
      if (auto p = take())
        p->deliver(to_error({errc::unavailable, meter->name() + " stopped"}));
    }
    caf::typed_response_promise<T>* take() {
      if (answered)
        return nullptr;
      answered = true;
      meter->pending_requests.fetch_sub(1, std::memory_order_relaxed);
      return &promise;
    }
    caf::typed_response_promise<T> promise;
    meter_ptr meter;
    const caf::actor_clock& clock; // The system's: outlives its actors.
    deadline due;
    bool answered = false;
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
