#pragma once

#include "actors/system/line_sampler.hpp"
#include "actors/system/meter.hpp"
#include "storage/provider_states.hpp"
#include "storage/sms_message.hpp"
#include "storage/sms_outbox.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace tinybook {

/// Tells operators what holds up the delivery of all messages: in the log, and in the
/// health of the failover supervisor while it lasts.
class delivery_alerts {
 public:
  explicit delivery_alerts(meter_ptr meter) : meter_(std::move(meter)) {}

  /// The pause of everything by an operator, as stored; null = there is none. After a
  /// start one that still holds is told again.
  void pause(const storage::provider_state* stored, wall_time wall);

  /// A message is to be sent and none of `providers`, which are all that may have it, can
  /// send now; `why` has the reason of each.
  void nobody_can_send(const std::set<std::string>& providers, const std::string& why,
                       wall_time wall, tick at);
  void can_send(const std::string& provider);
  /// How often that has happened.
  [[nodiscard]] std::uint64_t nobody_could_send() const { return times_nobody_could_; }

  /// A message has ended without being sent, although its code was wanted.
  void dead_letter(const storage::finish_message& end, const std::string& purpose,
                   tick at);

 private:
  static constexpr auto pause_name = "pause.all";
  static constexpr auto nobody_name = "no_provider";

  meter_ptr meter_;
  std::optional<std::int64_t> told_pause_; ///< The generation of the pause.
  std::set<std::string> unable_;           ///< The providers, while none can send.
  std::uint64_t times_nobody_could_ = 0;
  bool nobody_logged_ = false;
  line_sampler nobody_lines_{std::chrono::seconds{10}};
  line_sampler dead_letters_{std::chrono::minutes{1}};
};

} // namespace tinybook
