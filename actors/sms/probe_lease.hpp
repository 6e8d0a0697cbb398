#pragma once

#include "storage/support/backoff.hpp"
#include "storage/support/random.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace tinybook {

struct probe_lease_rules {
  /// How long the lease lasts unless it is renewed. Also how long the store must have
  /// been silent before a replica probes without it.
  std::chrono::milliseconds lease{0};
  std::chrono::milliseconds pause{1'000}; ///< Before claiming again after a refusal.
  /// How much earlier it ends here than in the store: replicas' clocks differ a little.
  std::chrono::milliseconds margin{1'000};
};

/// `period` plus or minus a quarter, so that replicas do not read the store in step.
[[nodiscard]] inline std::chrono::milliseconds
jittered_period(std::chrono::milliseconds period, random_source& random) {
  constexpr double jitter = 0.25;
  return backoff_delay({period, 1, jitter, period}, 0, random);
}

/// This replica's view of a lease in the store: at most one replica holds it at a time,
/// and only the holder may probe a provider. The owner of this object sends a claim
/// whenever one is `due` and reports the answer.
///
/// The lease counts from the moment at which the claim was sent, so it ends here before
/// it ends in the store. A store that stays silent must not keep a provider shut for
/// ever: after as long as a lease lasts every lease has run out, so the replica probes
/// without one (`without_store`) until the store answers again.
class probe_lease {
 public:
  probe_lease(const probe_lease_rules& rules, tick now)
      : rules_(rules), last_answer_(now) {}

  [[nodiscard]] bool held(tick now) const { return now < held_until_; }
  /// Held only because the store is silent.
  [[nodiscard]] bool without_store() const { return without_store_; }

  /// When to claim it next, for the first time or to renew it; nothing while a claim is
  /// being answered.
  [[nodiscard]] std::optional<tick> next_claim() const {
    return claiming_ ? std::nullopt : std::optional{next_claim_};
  }
  [[nodiscard]] bool due(tick now) const { return !claiming_ && next_claim_ <= now; }

  void claim_sent(tick now) {
    claiming_ = true;
    claimed_at_ = now;
  }
  void granted(tick now) {
    store_answered(now);
    claiming_ = false;
    held_until_ = claimed_at_ + rules_.lease - rules_.margin;
    next_claim_ = claimed_at_ + rules_.lease / 3;
  }
  /// Another replica holds it.
  void refused(tick now) {
    store_answered(now);
    claiming_ = false;
    held_until_ = {};
    next_claim_ = now + rules_.pause;
  }
  /// The store did not answer.
  void claim_failed(tick now) {
    claiming_ = false;
    next_claim_ = now + rules_.pause;
    if (last_answer_ + rules_.lease > now)
      return;
    without_store_ = true;
    held_until_ = now + rules_.lease;
  }

  /// The store has answered, to whatever request.
  void store_answered(tick now) {
    last_answer_ = now;
    if (!without_store_)
      return;
    without_store_ = false;
    held_until_ = {};
    next_claim_ = now;
  }

  /// It is not needed any more. True: release it in the store, too. While a claim is
  /// being answered this does nothing: call it again after the answer.
  [[nodiscard]] bool release(tick now) {
    if (claiming_)
      return false;
    const bool stored = held(now) && !without_store_;
    without_store_ = false;
    held_until_ = {};
    next_claim_ = now;
    serial_ += stored ? 1U : 0U;
    return stored;
  }

  /// Grows with each release. Part of the holder's name, so that a release that arrives
  /// late does not end a newer lease.
  [[nodiscard]] std::uint64_t serial() const { return serial_; }

 private:
  probe_lease_rules rules_;
  bool claiming_ = false;
  bool without_store_ = false;
  tick claimed_at_{};
  tick held_until_{};
  tick next_claim_{};
  tick last_answer_;
  std::uint64_t serial_ = 1;
};

} // namespace tinybook
