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

/// Tells operators what holds up the delivery of all messages: lines of the log, and the
/// health of the failover supervisor while it lasts.
class delivery_news {
 public:
  explicit delivery_news(meter_ptr meter) : meter_(std::move(meter)) {}

  /// An operator has paused everything; null = nobody has. After a start a pause that
  /// still holds is told anew.
  void pause(const storage::provider_state* word, wall_time wall);

  /// A message is to be sent, and of those that may have it (each with the reason) none
  /// can send now.
  void nobody_can_send(const std::set<std::string>& providers, const std::string& why,
                       wall_time wall, tick at);
  void can_send(const std::string& provider);
  /// How often it came to that.
  [[nodiscard]] std::uint64_t nobody_could_send() const { return moments_; }

  /// A message has ended without being sent, though its code was wanted.
  void dead_letter(const storage::finish_message& end, const std::string& purpose,
                   tick at);

 private:
  static constexpr auto pause_name = "pause.all";
  static constexpr auto nobody_name = "no_provider";

  meter_ptr meter_;
  std::optional<std::int64_t> told_pause_; ///< Its generation.
  std::set<std::string> unable_;           ///< While nobody can send: who cannot.
  std::uint64_t moments_ = 0;
  bool nobody_logged_ = false;
  line_sampler nobody_lines_{std::chrono::seconds{10}};
  line_sampler dead_letters_{std::chrono::minutes{1}};
};

} // namespace tinybook
