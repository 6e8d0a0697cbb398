#include "actors/system/actor_journeys.hpp"

#include <caf/actor_clock.hpp>

namespace tinybook {

namespace {

constexpr std::uint64_t wake_generation = std::uint64_t{0xff} << 56U; // See `timer`.

bool is_wake(const caf::mailbox_element& message) {
  return message.mid.is_async() && message.content().match_elements<timer_fired>()
         && message.content().get_as<timer_fired>(0).generation == wake_generation;
}

} // namespace

bool actor_journeys::consume(caf::mailbox_element& message) {
  if (!is_wake(message))
    return take(message);
  wakes_at_ = no_deadline;
  run_out();
  deadline_set();
  return true;
}

deadline actor_journeys::now() const {
  return self_.clock().now();
}

caf::strong_actor_ptr actor_journeys::requester() {
  return caf::strong_actor_ptr{self_.ctrl()};
}

caf::execution_unit* actor_journeys::unit() {
  return self_.context();
}

failure actor_journeys::thrown(std::exception_ptr what) {
  throw_later(std::move(what)); // Into CAF: the actor ends, as by any handler.
  return {errc::internal, meter_->name() + " failed by an exception"};
}

void actor_journeys::deadline_set() {
  const auto next = next_deadline();
  if (next >= wakes_at_)
    return;
  wakes_at_ = next;
  self_.clock().schedule_message(next, requester(),
                                 caf::make_mailbox_element(nullptr,
                                                           caf::make_message_id(), {},
                                                           timer_fired{wake_generation}));
}

} // namespace tinybook
