#include "actors/sms/delivery_alerts.hpp"

#include "actors/system/event_log.hpp"

#include <utility>

namespace tinybook {

using config::log_level;

void delivery_alerts::pause(const storage::provider_state* stored, wall_time wall) {
  if (stored == nullptr) {
    meter_->health.ends(pause_name);
    if (std::exchange(told_pause_, std::nullopt))
      log_event(log_level::info, "sms_pause_ended", {});
    return;
  }
  if (told_pause_ == stored->generation)
    return;
  told_pause_ = stored->generation;
  meter_->health.begins(
      pause_name, health_level::degraded,
      "all providers paused by " + stored->forced_by + ": " + stored->reason, wall);
  log_event(log_level::warn, "sms_paused",
            {{"until", stored->forced_until == wall_time{}
                           ? "it is lifted"
                           : format_rfc3339(stored->forced_until)},
             {"by", stored->forced_by, false},
             {"reason", stored->reason, false}});
}

void delivery_alerts::nobody_can_send(const std::set<std::string>& providers,
                                      const std::string& why, wall_time wall, tick at) {
  const bool first = unable_.empty();
  unable_.insert(providers.begin(), providers.end());
  if (!first || unable_.empty())
    return;
  ++times_nobody_could_;
  meter_->health.begins(nobody_name, health_level::failing,
                        "no provider can take a message: " + why, wall);
  if (const auto left_out = nobody_lines_.next(at)) {
    nobody_logged_ = true;
    log_event(
        log_level::warn, "no_provider",
        {{"why", why}, {"left_out", *left_out == 0 ? "" : std::to_string(*left_out)}});
  }
}

void delivery_alerts::can_send(const std::string& provider) {
  if (!unable_.contains(provider))
    return;
  unable_.clear();
  meter_->health.ends(nobody_name);
  if (std::exchange(nobody_logged_, false))
    log_event(log_level::info, "no_provider_ended", {{"provider", provider}});
}

void delivery_alerts::dead_letter(const storage::finish_message& end,
                                  const std::string& purpose, tick at) {
  const auto left_out = dead_letters_.next(at);
  if (!left_out)
    return;
  const auto attempt = end.attempt.value_or(storage::sms_attempt{});
  log_event(log_level::warn, "sms_dead_letter",
            {{"message", std::to_string(end.id)},
             {"purpose", purpose},
             {"provider", attempt.provider},
             {"outcome", attempt.outcome},
             {"code", attempt.provider_code, false},
             {"left_out", *left_out == 0 ? "" : std::to_string(*left_out)}});
}

} // namespace tinybook
