#include "actors/sms/provider_alerts.hpp"

#include "actors/system/event_log.hpp"

#include <utility>

namespace tinybook {

namespace {

using config::log_level;

/// Converting one end from the monotonic clock twice gives slightly different times.
bool is_same_end(wall_time a, wall_time b) {
  return std::chrono::abs(a - b) < std::chrono::seconds{1};
}

std::string end_text(wall_time until) {
  return until == wall_time{} ? "it is lifted" : format_rfc3339(until);
}

} // namespace

provider_alerts::provider_alerts(meter_ptr meter, std::string provider)
    : meter_(std::move(meter)), provider_(std::move(provider)) {}

void provider_alerts::tell(const provider_condition& now, wall_time wall, tick at) {
  tell_circuit(now, wall);
  tell_forced(now, wall);
  tell_pause(now, wall, at);
  told_ = now;
}

void provider_alerts::tell_circuit(const provider_condition& now, wall_time wall) {
  if (now.circuit == told_.circuit)
    return;
  log_event(log_level::warn, "circuit_changed",
            {{"provider", provider_},
             {"from", to_string(told_.circuit)},
             {"to", to_string(now.circuit)},
             {"why", now.circuit_reason}});
  const auto name = "circuit." + provider_;
  if (now.circuit == circuit_state::open)
    meter_->health.begins(name, health_level::failing,
                          "circuit open: " + now.circuit_reason, wall);
  else if (now.circuit == circuit_state::half_open
           && told_.circuit == circuit_state::open)
    meter_->health.begins(name, health_level::degraded,
                          "circuit half open: " + now.circuit_reason, wall);
  else
    meter_->health.ends(name);
}

void provider_alerts::tell_forced(const provider_condition& now, wall_time wall) {
  if (now.forced == told_.forced && now.forced_by == told_.forced_by
      && now.force_reason == told_.force_reason
      && is_same_end(now.forced_until, told_.forced_until))
    return;
  const auto name = "forced." + provider_;
  if (now.forced == forced_state::none) {
    log_event(log_level::info, "provider_force_ended",
              {{"provider", provider_}, {"state", to_string(told_.forced)}});
    meter_->health.ends(name);
    return;
  }
  log_event(log_level::warn, "provider_forced",
            {{"provider", provider_},
             {"state", to_string(now.forced)},
             {"until", end_text(now.forced_until)},
             {"by", now.forced_by, false},
             {"reason", now.force_reason, false}});
  meter_->health.begins(name, health_level::degraded,
                        "forced " + std::string{to_string(now.forced)} + " by "
                            + now.forced_by + ": " + now.force_reason,
                        wall);
}

void provider_alerts::tell_pause(const provider_condition& now, wall_time wall, tick at) {
  const auto name = "pause." + provider_;
  const bool paused = now.paused_until != wall_time{};
  if (paused == (told_.paused_until != wall_time{}))
    return;
  if (!paused) {
    meter_->health.ends(name);
    if (std::exchange(pause_logged_, false))
      log_event(log_level::info, "provider_pause_ended", {{"provider", provider_}});
    return;
  }
  meter_->health.begins(name, health_level::degraded,
                        "the provider has asked for a pause", wall);
  // A long pause is always logged; short ones are sampled.
  const bool is_long = now.paused_until - wall > pauses_.period();
  const auto left_out = is_long ? pauses_.next_always(at) : pauses_.next(at);
  if (left_out) {
    pause_logged_ = true;
    log_event(log_level::warn, "provider_paused",
              {{"provider", provider_},
               {"until", end_text(now.paused_until)},
               {"left_out", *left_out == 0 ? "" : std::to_string(*left_out)}});
  }
}

} // namespace tinybook
