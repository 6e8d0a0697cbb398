#include "actors/system/timer.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

namespace tinybook {

void timer::arm(std::chrono::milliseconds after) {
  disarm();
  armed_ = true;
  self_.meter->armed_timers.fetch_add(1, std::memory_order_relaxed);
  caf::delayed_anon_send(caf::actor_cast<caf::actor>(self_.actor), after,
                         timer_fired{generation_});
}

void timer::disarm() {
  ++generation_;
  if (armed_)
    self_.meter->armed_timers.fetch_sub(1, std::memory_order_relaxed);
  armed_ = false;
}

bool timer::fired(const timer_fired& message) {
  if (!armed_ || message.generation != generation_)
    return false;
  disarm();
  return true;
}

} // namespace tinybook
