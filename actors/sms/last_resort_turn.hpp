#pragma once

#include "actors/sms/probe_lease.hpp"
#include "storage/support/sliding_window.hpp"

#include <cstddef>
#include <optional>

namespace tinybook {

/// No provider takes anything because every circuit is open: one message at a time goes
/// out all the same, else nothing would be sent until its time is over. Where replicas
/// share the database, one of all of them has the turn; its lease is not released, but
/// runs out when it is no longer claimed.
class last_resort_turn {
 public:
  last_resort_turn(bool shared, const probe_lease_rules& rules, tick now)
      : shared_(shared), lease_(rules, now) {}

  /// A message goes out through `provider`, or is about to.
  void begins(std::size_t provider) { provider_ = provider; }
  void ends() { provider_.reset(); }
  [[nodiscard]] bool under_way() const { return provider_.has_value(); }
  [[nodiscard]] bool is_at(std::size_t provider) const { return provider_ == provider; }

  /// This replica may send one, as far as the others are concerned.
  [[nodiscard]] bool ours(tick now) const { return !shared_ || lease_.held(now); }
  /// The lease must be claimed, or renewed, at the store.
  [[nodiscard]] bool claim_is_due(tick now) const { return shared_ && lease_.due(now); }
  [[nodiscard]] probe_lease& lease() { return lease_; }

 private:
  bool shared_;
  probe_lease lease_;
  std::optional<std::size_t> provider_;
};

} // namespace tinybook
