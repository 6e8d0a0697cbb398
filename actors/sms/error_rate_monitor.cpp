#include "actors/sms/error_rate_monitor.hpp"

#include "actors/system/ask.hpp"

#include <cmath>
#include <utility>

namespace tinybook {

namespace {

/// Smaller changes of the threshold are not worth a message.
constexpr double told_step = 0.01;

} // namespace

error_rate_monitor_state::error_rate_monitor_state(
    self_pointer<actor_type> self, const error_rate_monitor_config& config,
    address<sms_sender_actor> sender)
    : self_(std::move(self)),
      config_(config),
      sender_(std::move(sender)),
      judge_(config.rules) {}

auto error_rate_monitor_state::make_behavior() -> actor_type::behavior_type {
  // Of generation 0, which no circuit has: the sender answers with its own.
  tell(std::nullopt);
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const record_call& call) { record(call); },
      [this](const watch_circuit& seen) {
        judge_.watch(seen.generation, seen.closed, now());
      },
  };
}

void error_rate_monitor_state::record(const record_call& call) {
  const auto trip = judge_.record(call.kind, call.took, call.generation, now());
  const auto moved = std::abs(judge_.threshold(config_.probes) - told_threshold_);
  // A late call, or this actor has restarted and the sender must tell it the generation.
  const bool other_generation = call.generation != judge_.generation();
  if (trip || moved >= told_step || other_generation)
    tell(trip);
}

void error_rate_monitor_state::tell(std::optional<trip_reason> trip) {
  told_threshold_ = judge_.threshold(config_.probes);
  trips_ += trip ? 1U : 0U;
  tinybook::tell(sender_, error_rate_seen{judge_.generation(), told_threshold_,
                                          trip ? std::string{to_string(*trip)} : ""});
}

actor_status error_rate_monitor_state::status() {
  const auto number = [](auto value) {
    return static_cast<double>(value);
  };
  const auto seen = judge_.window(now());
  const auto& all = judge_.all_calls();
  const auto& rules = judge_.rules();
  actor_status out;
  out.gauges = {
      {"error_rate", seen.error_rate(), judge_.threshold(seen.samples())},
      {"threshold", judge_.threshold(seen.samples()), rules.threshold_cap},
      {"samples", number(seen.samples())},
      {"samples_needed", number(rules.min_samples)},
      {"failed", number(seen.failed)},
      {"slow", number(seen.slow)},
      {"usual_error_rate", judge_.usual_rate(), rules.learned_cap},
      {"failures_in_row", number(judge_.failures_in_row()),
       number(judge_.failures_in_row_limit())},
      {"trips", number(trips_)},
      {"calls_ok", number(all.ok)},
      {"calls_failed", number(all.failed)},
      {"calls_throttled", number(all.throttled)},
      {"calls_ignored", number(all.ignored)},
      {"calls_slow", number(all.slow)},
  };
  out.facts = {{"window", std::to_string(rules.window.count()) + " ms"},
               {"generation", std::to_string(judge_.generation())}};
  out.labels = {{"provider", config_.provider}};
  return out;
}

} // namespace tinybook
