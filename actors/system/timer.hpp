#pragma once

#include "actors/system/managed_actor.hpp"
#include "actors/system/messages.hpp"

#include <chrono>
#include <cstdint>

namespace tinybook {

/// A timer of an actor that can be re-armed and disarmed, which CAF's delayed messages
/// cannot: the message of an earlier arming still arrives and is recognised by its
/// generation. `number` tells the timers of one actor apart.
class timer {
 public:
  timer(any_self self, std::uint8_t number)
      : self_(std::move(self)), generation_(std::uint64_t{number} << 56U) {}

  /// Fires `after` from now, instead of any earlier arming.
  void arm(std::chrono::milliseconds after);

  void disarm();

  [[nodiscard]] bool armed() const { return armed_; }

  /// Whether `message` is of this timer's latest arming; disarms it then.
  [[nodiscard]] bool fired(const timer_fired& message);

 private:
  any_self self_;
  std::uint64_t generation_;
  bool armed_ = false;
};

} // namespace tinybook
