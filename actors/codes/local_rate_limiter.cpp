#include "actors/codes/local_rate_limiter.hpp"

#include "actors/system/event_log.hpp"

#include <string>

namespace tinybook {

auto local_rate_limiter_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const take_permits& m) { return take(m); },
      [this](const return_permits& m) { give_back(m); },
  };
}

permits local_rate_limiter_state::take(const take_permits& m) {
  const auto now = self_->clock().now();
  permits out{limiter_.take_all(m.rules, now)};
  switch (out.decision.result) {
  case rate_decision::verdict::admitted:
    ++admitted_;
    for (const auto& rule : m.rules)
      out.used.push_back(static_cast<std::uint32_t>(
          rule.limit.off() ? 0 : limiter_.count(rule.key, now)));
    break;
  case rate_decision::verdict::limited:
    ++limited_;
    break;
  case rate_decision::verdict::full:
    ++full_;
    break;
  }
  note_losses(now);
  return out;
}

void local_rate_limiter_state::note_losses(tick now) {
  constexpr std::chrono::minutes quiet{1};
  const auto lost = limiter_.evicted() + full_;
  if (lost == lost_) {
    if (lost_at_ && now - *lost_at_ >= quiet) {
      self_.meter->health.error_ends(system_now());
      lost_at_.reset();
    }
    return;
  }
  lost_ = lost;
  lost_at_ = now;
  if (warned_at_ && now - *warned_at_ < quiet)
    return;
  warned_at_ = now;
  log_event(config::log_level::warn, "limits_capacity_reached",
            {{"key", "limits.capacity"},
             {"capacity", std::to_string(limiter_.max_keys())},
             {"forgotten", std::to_string(limiter_.evicted())},
             {"refused", std::to_string(full_)},
             {"hint", "raise limits.capacity: limits below it are not kept"}});
  self_.meter->health.note_error(
      "limits.capacity is used up: counts of limits are forgotten; raise it",
      system_now());
}

void local_rate_limiter_state::give_back(const return_permits& m) {
  for (const auto& key : m.keys)
    limiter_.give_back(key);
}

actor_status local_rate_limiter_state::status() const {
  return {{{"keys", static_cast<double>(limiter_.keys()),
            static_cast<double>(limiter_.max_keys())},
           {"evicted", static_cast<double>(limiter_.evicted())},
           {"admitted", static_cast<double>(admitted_)},
           {"limited", static_cast<double>(limited_)},
           {"refused_full", static_cast<double>(full_)}},
          {}};
}

} // namespace tinybook
