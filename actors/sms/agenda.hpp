#pragma once

#include "storage/support/sliding_window.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tinybook {

/// What the failover supervisor does by the clock.
enum class duty : std::uint8_t {
  claim,          ///< A message's `run_at` has come, or a provider may admit again.
  look,           ///< Ask the store when the next message is due.
  heartbeat,      ///< Extend the leases of the rows in flight.
  reclaim,        ///< Free leases that ran out.
  expire,         ///< End messages that have expired while nobody could send them.
  remove_history, ///< Delete rows that are older than the retention.
  early_reports,  ///< Join the reports that came before their outcome was stored.
  load_pause,     ///< Ask the store again whether everything is paused.
  cut_calls,      ///< A stop waits no longer for the calls under way: abort them.
  give_up,        ///< A stop waits no longer at all.
};

/// At most one moment for each duty, so that one timer serves them all.
class agenda {
 public:
  /// Sets the moment of `what` to `at`, unless it is due earlier already.
  void add(duty what, tick at) {
    auto& slot = slot_of(what);
    slot = slot ? std::min(*slot, at) : at;
  }

  /// Whether `what` is due; if so it is removed.
  [[nodiscard]] bool take(duty what, tick now) {
    auto& slot = slot_of(what);
    if (!slot || *slot > now)
      return false;
    slot.reset();
    return true;
  }

  /// The earliest moment at which anything is due.
  [[nodiscard]] std::optional<tick> next() const {
    std::optional<tick> earliest;
    for (const auto& slot : slots_)
      if (slot && (!earliest || *slot < *earliest))
        earliest = slot;
    return earliest;
  }

 private:
  static constexpr std::size_t duties = static_cast<std::size_t>(duty::give_up) + 1;

  std::optional<tick>& slot_of(duty what) {
    return slots_[static_cast<std::size_t>(what)];
  }

  std::array<std::optional<tick>, duties> slots_;
};

} // namespace tinybook
