#include "actors/codes/verification.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/event_log.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

result<done> verification_state::pass_guard(const phone_number& phone,
                                            const std::string& client_address,
                                            bool verified) {
  const auto& region = phone.region_or_prefix();
  const auto verdict = guard_.judge(region, client_address);
  if (verdict == guard_verdict::held
      || (verdict == guard_verdict::verified_only && !verified))
    return held_back(region);
  return done{};
}

/// Whether any provider takes the number; where none does, an operator hears of it once a
/// region, for the configuration leaves it out.
bool verification_state::has_route(const phone_number& phone) {
  const auto takes = [&phone](const number_routes& routes) {
    return routes.match(phone.e164).has_value();
  };
  if (config_.routes.empty() || std::ranges::any_of(config_.routes, takes))
    return true;
  ++no_route_;
  if (told_no_route_.insert(phone.region_or_prefix()).second)
    log_event(config::log_level::warn, "no_sms_route",
              {{"prefix", phone.country_prefix}, {"region", phone.region}});
  return false;
}

failure verification_state::held_back(const std::string& region) {
  ++held_;
  return {errc::send_held, guard_.retry_after(region, clock_())};
}

task<result<done>> verification_state::count_shares() {
  if (!config_.guard.enabled)
    co_return done{};
  storage::count_verified command;
  command.until = clock_() - config_.guard.grace;
  command.since = command.until - config_.guard.window;
  command.min_per_address = 1; // Of a network each address may have few.
  command.max_addresses = 10'000;
  const auto shares = co_await ask(peers_.phones, config_.request_timeout, command);
  // What was counted last stays in force while it cannot be counted anew.
  if (shares)
    note_changes(guard_.update(*shares, clock_()));
  else
    ++failed_counts_;
  timer_.arm(config_.guard.refresh);
  co_return done{};
}

void verification_state::note_changes(const std::vector<pumping_guard::change>& changes) {
  for (const auto& c : changes) {
    const bool fine = c.now.standing == region_standing::fine;
    log_event(fine ? config::log_level::info : config::log_level::warn, "pumping_guard",
              {{"region", c.region},
               {"standing", to_string(c.now.standing)},
               {"delivered", std::to_string(c.now.delivered)},
               {"entered", std::to_string(c.now.verified)}});
    self_.meter->health.note_error(
        "pumping guard: " + c.region + " is " + std::string{to_string(c.now.standing)}
            + ", " + std::to_string(c.now.verified) + " of "
            + std::to_string(c.now.delivered) + " delivered codes were entered",
        clock_());
    if (fine)
      self_.meter->health.error_ends(clock_());
  }
}

void verification_state::show_guard(actor_status& to) const {
  const auto& rules = guard_.rules();
  double held = 0;
  for (const auto& [region, state] : guard_.regions()) {
    if (state.standing == region_standing::fine)
      continue;
    held += state.standing == region_standing::held ? 1.0 : 0.0;
    auto name = "guard." + region;
    to.gauges.push_back({name + ".share", state.share(), rules.floor});
    to.gauges.push_back({name + ".samples", static_cast<double>(state.delivered),
                         static_cast<double>(rules.min_samples)});
    to.gauges.push_back(
        {name + ".held", state.standing == region_standing::held ? 1.0 : 0.0});
    to.facts.push_back({name, std::string{to_string(state.standing)} + " since "
                                  + format_rfc3339(state.since)});
  }
  to.gauges.push_back({"guard.held_regions", held});
  to.gauges.push_back(
      {"guard.held_addresses", static_cast<double>(guard_.held_addresses())});
  to.gauges.push_back(
      {"guard.held_networks", static_cast<double>(guard_.held_networks())});
  to.gauges.push_back({"guard.refused", static_cast<double>(held_)});
  to.gauges.push_back({"guard.failed_counts", static_cast<double>(failed_counts_)});
  to.gauges.push_back({"guard.floor", rules.floor});
  to.gauges.push_back({"guard.min_samples", static_cast<double>(rules.min_samples)});
  to.gauges.push_back({"guard.min_samples_per_address",
                       static_cast<double>(rules.min_samples_per_address)});
  auto seconds = [](std::chrono::milliseconds d) {
    return std::chrono::duration<double>(d).count();
  };
  to.gauges.push_back({"guard.window_seconds", seconds(rules.window)});
  to.gauges.push_back({"guard.grace_seconds", seconds(config_.guard.grace)});
  to.gauges.push_back({"guard.refresh_seconds", seconds(config_.guard.refresh)});
  to.facts.push_back({"guard", rules.enabled ? "on" : "off"});
}

} // namespace tinybook
