#pragma once

#include "actors/wiring/configs.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "config/loader.hpp"

#include <chrono>

/// What actors and their rules take by default, for tests that change what they are
/// about.
namespace tinybook::test {

/// With the timeout that the times of the tests are reckoned by.
inline const config::settings& default_settings() {
  static const auto settings = [] {
    auto all = config::defaults();
    all.actors.request_timeout = std::chrono::seconds{5};
    all.actors.restart_base = std::chrono::milliseconds{100};
    all.sessions.revocation_poll = std::chrono::milliseconds{500};
    all.sms.max_backlog = 0;
    return all;
  }();
  return settings;
}

inline ranking_config default_ranking() {
  auto config = ranking_from(default_settings());
  config.replica = "local";
  return config;
}

/// Every number has a route.
inline verification_config default_verification() {
  auto config = verification_from(default_settings());
  config.routes.clear();
  return config;
}

inline failover_supervisor_config default_supervisor() {
  auto config = failover_from(default_settings());
  config.drain_bound = std::chrono::seconds{10};
  return config;
}

/// A sender without bounds of its own.
inline sms_sender_config default_sender() {
  auto config = sender_from(default_settings(), default_settings().sms.providers.front());
  config.admission = {};
  return config;
}

inline error_rate_monitor_config default_monitor() {
  return monitor_from(default_settings(), default_settings().sms.providers.front());
}

inline circuit_rules default_circuit() {
  return default_sender().circuit;
}

inline code_rules default_codes() {
  return code_cache_from(default_settings()).rules;
}

inline supervisor_config default_root() {
  return {.limits = default_settings().actors};
}

} // namespace tinybook::test
