#pragma once

#include "storage/support/backoff.hpp"
#include "storage/support/random.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace tinybook {

struct probe_right_rules {
  /// Of how long the right is without a renewal; and how long the store must have been
  /// silent before a replica probes without it.
  std::chrono::milliseconds lease{0};
  std::chrono::milliseconds pause{1'000}; ///< Between two claims that were in vain.
  /// By how much it ends earlier here than in the store: replicas' clocks differ a
  /// little.
  std::chrono::milliseconds margin{1'000};
};

/// When to look next at what other replicas have decided: `period`, spread by a quarter.
[[nodiscard]] inline std::chrono::milliseconds
jittered_look(std::chrono::milliseconds period, random_source& random) {
  constexpr double jitter = 0.25;
  return backoff_delay({period, 1, jitter, period}, 0, random);
}

/// When a replica may probe, as it has learnt from the store, where at most one replica
/// has the right at a time. Whoever owns this claims when it is `due` and tells what came
/// of it.
///
/// The right is counted from the moment at which it was asked for, so that it ends here
/// before it ends in the store. A store that does not answer must not keep a provider
/// shut for ever: after a silence as long as the lease, in which every right has run out,
/// a replica probes by itself, and stops at the store's first word.
class probe_right {
 public:
  probe_right(const probe_right_rules& rules, tick now)
      : rules_(rules), last_word_(now) {}

  [[nodiscard]] bool held(tick now) const { return now < held_until_; }
  [[nodiscard]] bool alone() const { return alone_; }

  /// When to claim it next, be it for the first time or to keep it; nothing while an
  /// answer is awaited.
  [[nodiscard]] std::optional<tick> next_claim() const {
    return asking_ ? std::nullopt : std::optional{next_claim_};
  }
  [[nodiscard]] bool due(tick now) const { return !asking_ && next_claim_ <= now; }

  void asked(tick now) {
    asking_ = true;
    asked_at_ = now;
  }
  void granted(tick now) {
    heard(now);
    asking_ = false;
    held_until_ = asked_at_ + rules_.lease - rules_.margin;
    next_claim_ = asked_at_ + rules_.lease / 3;
  }
  /// Another replica has it.
  void refused(tick now) {
    heard(now);
    asking_ = false;
    held_until_ = {};
    next_claim_ = now + rules_.pause;
  }
  /// The store did not answer.
  void failed(tick now) {
    asking_ = false;
    next_claim_ = now + rules_.pause;
    if (last_word_ + rules_.lease > now)
      return;
    alone_ = true;
    held_until_ = now + rules_.lease;
  }

  /// The store has answered, whatever it was asked.
  void heard(tick now) {
    last_word_ = now;
    if (!alone_)
      return;
    alone_ = false;
    held_until_ = {};
    next_claim_ = now;
  }

  /// It is not needed any more: whether the store has to be told. While an answer is
  /// awaited nothing changes: it is to be asked for again then.
  [[nodiscard]] bool give_back(tick now) {
    if (asking_)
      return false;
    const bool stored = held(now) && !alone_;
    alone_ = false;
    held_until_ = {};
    next_claim_ = now;
    serial_ += stored ? 1U : 0U;
    return stored;
  }

  /// Tells one holding of the right from the next: a release that comes late must not
  /// give back what was claimed after it.
  [[nodiscard]] std::uint64_t serial() const { return serial_; }

 private:
  probe_right_rules rules_;
  bool asking_ = false;
  bool alone_ = false; ///< Held by the silence of the store.
  tick asked_at_{};
  tick held_until_{};
  tick next_claim_{};
  tick last_word_;
  std::uint64_t serial_ = 1;
};

} // namespace tinybook
