#pragma once

#include "actors/system/managed_actor.hpp"
#include "actors/system/messages.hpp"

#include <chrono>
#include <cstdint>

namespace tinybook {

/// One timer of an actor that can be re-armed and disarmed, which CAF's delayed messages
/// cannot: an older message that still comes is told by its generation. `number` tells
/// the timers of one actor apart.
template <class Handle>
class timer {
 public:
  timer(const self_pointer<Handle>& self, std::uint8_t number)
      : self_(self), generation_(std::uint64_t{number} << 56U) {}

  /// Fires `after` from now; an earlier arming is void.
  void arm(std::chrono::milliseconds after) {
    disarm();
    armed_ = true;
    self_.meter->armed_timers.fetch_add(1, std::memory_order_relaxed);
    self_->delayed_send(self_.handle(), after, timer_fired{generation_});
  }

  void disarm() {
    ++generation_;
    if (armed_)
      self_.meter->armed_timers.fetch_sub(1, std::memory_order_relaxed);
    armed_ = false;
  }

  [[nodiscard]] bool armed() const { return armed_; }

  /// Whether `message` is this timer's present arming, which is then used up.
  [[nodiscard]] bool fired(const timer_fired& message) {
    if (!armed_ || message.generation != generation_)
      return false;
    disarm();
    return true;
  }

 private:
  self_pointer<Handle> self_;
  std::uint64_t generation_;
  bool armed_ = false;
};

} // namespace tinybook
