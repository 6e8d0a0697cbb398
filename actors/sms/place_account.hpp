#pragma once

#include <algorithm>
#include <cstdint>

namespace tinybook {

/// The places of one provider as the supervisor counts them: what its sender has told,
/// less what was sent since and what is held for messages that will be. Both sides count
/// the messages that were handed over, so it does not matter which of two messages that
/// cross is handled first. Nothing is free before the sender has told something.
class place_account {
 public:
  /// `life`, `taken` and `free` as in `provider_places`.
  void told(std::uint64_t life, std::int64_t taken, std::int64_t free) {
    // A sender that has started anew knows nothing of what the one before it was sent; a
    // supervisor that has, nothing of what it did not send itself.
    sent_ = life == life_ ? std::max(sent_, taken) : taken;
    life_ = life;
    limit_ = taken + free;
  }

  /// The sender has ended: nothing is free until another one tells so.
  void lost() { limit_ = sent_; }

  void hold(std::int64_t count) { held_ += count; }
  void let_go(std::int64_t count) { held_ -= count; }
  /// A message that held a place was handed over.
  void sent() {
    --held_;
    ++sent_;
  }

  /// May be negative: then fewer places are left than were held.
  [[nodiscard]] std::int64_t free() const { return limit_ - sent_ - held_; }

 private:
  std::uint64_t life_ = 0;
  std::int64_t limit_ = 0; ///< Messages that the sender takes in its life, as told last.
  std::int64_t sent_ = 0;  ///< To that life.
  std::int64_t held_ = 0;
};

} // namespace tinybook
