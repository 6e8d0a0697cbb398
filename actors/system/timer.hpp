#pragma once

#include "actors/system/managed_actor.hpp"
#include "actors/system/messages.hpp"

#include <chrono>
#include <cstdint>

namespace tinybook {

/// One timer of an actor that can be re-armed and disarmed, which CAF's delayed messages
/// cannot: an older message that still comes is told by its generation. `number` tells
/// the timers of one actor apart.
class timer {
 public:
  timer(any_self self, std::uint8_t number)
      : self_(std::move(self)), generation_(std::uint64_t{number} << 56U) {}

  /// Fires `after` from now; an earlier arming is void.
  void arm(std::chrono::milliseconds after);

  void disarm();

  [[nodiscard]] bool armed() const { return armed_; }

  /// Whether `message` is this timer's present arming, which is then used up.
  [[nodiscard]] bool fired(const timer_fired& message);

 private:
  any_self self_;
  std::uint64_t generation_;
  bool armed_ = false;
};

} // namespace tinybook
