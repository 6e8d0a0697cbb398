#pragma once

#include "actors/sms/sender_messages.hpp"
#include "storage/provider_states.hpp"
#include "storage/support/calendar.hpp"

#include <chrono>
#include <optional>

namespace tinybook {

/// An operator's pause of all sending, which replicas share in the store as the row `*`.
/// The word with the higher generation counts; of two of the same generation the one that
/// the store holds. Until the store has been asked once, everything counts as paused.
class sending_pause {
 public:
  /// A word of an operator here: holds from now on, whether the store has it or not, for
  /// a pause must not wait. Returns the row to store.
  [[nodiscard]] storage::provider_state say(const force_provider& command, wall_time now);
  /// The store has answered, or failed, to what was said last.
  void said() { saying_ = false; }

  /// The states that the store holds. Whether that changed what is known.
  bool loaded(const storage::provider_state_list& list);

  [[nodiscard]] bool known() const { return known_; }
  [[nodiscard]] bool holds(wall_time now) const;
  /// Until it ends by itself, rounded up; nothing where it does not, or none holds.
  [[nodiscard]] std::optional<std::chrono::milliseconds> ends_in(wall_time now) const;
  /// The last word, whether it still holds or not.
  [[nodiscard]] const storage::provider_state& word() const { return word_; }

 private:
  storage::provider_state word_;
  bool known_ = false;
  bool saying_ = false;
};

} // namespace tinybook
