#pragma once

#include "actors/interfaces.hpp"
#include "actors/sms/error_rate_judge.hpp"
#include "actors/sms/sender_messages.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"

#include <cstdint>
#include <optional>

namespace tinybook {

struct error_rate_monitor_config {
  std::string provider;
  error_rate_rules rules;
  /// How many samples a half-open circuit collects: the threshold told is for as many.
  std::int64_t probes = 0;
};

/// The error-rate monitor of one provider: takes every call of its sender, and tells the
/// sender when the threshold has moved or is reached.
///
/// A crash loses the window and the learnt usual error rate; the sender's circuit stays
/// as it is, and the window fills anew.
class error_rate_monitor_state {
 public:
  using actor_type = error_rate_monitor_actor;

  error_rate_monitor_state(self_pointer<actor_type> self,
                           const error_rate_monitor_config& config,
                           address<sms_sender_actor> sender);

  actor_type::behavior_type make_behavior();

 private:
  void record(const record_call& call);
  void tell(std::optional<trip_reason> trip);
  [[nodiscard]] tick now() const { return self_->clock().now(); }
  [[nodiscard]] actor_status status();

  self_pointer<actor_type> self_;
  error_rate_monitor_config config_;
  address<sms_sender_actor> sender_;
  error_rate_judge judge_;
  double told_threshold_ = 0;
  std::uint64_t trips_ = 0;
};

} // namespace tinybook
