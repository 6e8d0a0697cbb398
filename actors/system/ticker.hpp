#pragma once

#include "actors/system/managed_actor.hpp"
#include "actors/system/messages.hpp"

#include <chrono>
#include <cstdint>

namespace tinybook {

/// The one timer of an actor. Arming it again replaces what was armed: CAF's delayed
/// messages cannot be cancelled, so those that come too late are told by their number.
class ticker {
 public:
  template <class Handle>
  void arm(const self_pointer<Handle>& self, std::chrono::milliseconds after) {
    if (!armed_)
      self.meter->armed_timers.fetch_add(1, std::memory_order_relaxed);
    armed_ = true;
    self->delayed_send(self.handle(), after, timer_fired{++generation_});
  }

  /// Whether `fired` is what was armed last; it is armed no more then.
  template <class Handle>
  [[nodiscard]] bool accepts(const self_pointer<Handle>& self, const timer_fired& fired) {
    if (!armed_ || fired.generation != generation_)
      return false;
    armed_ = false;
    self.meter->armed_timers.fetch_sub(1, std::memory_order_relaxed);
    return true;
  }

 private:
  std::uint64_t generation_ = 0;
  bool armed_ = false;
};

} // namespace tinybook
