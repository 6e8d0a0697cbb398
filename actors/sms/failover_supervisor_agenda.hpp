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
  heartbeat,      ///< Extend the leases of what is in flight.
  retry_writes,   ///< Write again what the store has refused.
  reclaim,        ///< Free leases that ran out.
  expire,         ///< End what has expired while nobody could send it.
  remove_history, ///< Delete what is older than the retention.
  early_reports,  ///< Join again what was reported before its outcome was stored.
  load_pause,     ///< Ask the store again whether everything is paused.
  cut_calls,      ///< Nobody can wait longer for what is being sent.
  give_up,        ///< The bound of the stop has come.
};

/// At most one moment for each duty, so that one timer serves them all.
class agenda {
 public:
  /// Moves `what` to `at`, if that is earlier than what stands.
  void add(duty what, tick at) {
    auto& slot = slot_of(what);
    slot = slot ? std::min(*slot, at) : at;
  }

  /// Whether `what` is due; if so it is taken off.
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
