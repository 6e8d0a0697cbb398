#include "tests/support/default_configs.hpp"

#include "actors/codes/local_code_cache.hpp"
#include "actors/codes/verification.hpp"
#include "actors/ranking/ranking.hpp"
#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/sms_sender.hpp"
#include "actors/system/root_supervisor.hpp"
#include "config/loader.hpp"

#include <chrono>

namespace tinybook::test {

using namespace std::chrono_literals;

const config::settings& default_settings() {
  static const auto settings = [] {
    auto all = config::defaults();
    all.actors.request_timeout = 5s;
    all.actors.restart_base = 100ms;
    all.sessions.revocation_poll = 500ms;
    all.sms.max_backlog = 0;
    return all;
  }();
  return settings;
}

ranking_config default_ranking() {
  auto config = ranking_from(default_settings());
  config.replica = "local";
  return config;
}

verification_config default_verification() {
  auto config = verification_from(default_settings());
  config.routes.clear();
  return config;
}

failover_supervisor_config default_supervisor() {
  auto config = failover_from(default_settings());
  config.drain_bound = 10s;
  return config;
}

admission_rules default_admission() {
  return {.max_in_flight = 16, .rate_per_second = 50};
}

sms_sender_config default_sender() {
  auto config = sender_from(default_settings(), default_settings().sms.providers.front());
  config.admission = default_admission();
  return config;
}

error_rate_monitor_config default_monitor() {
  return monitor_from(default_settings(), default_settings().sms.providers.front());
}

circuit_rules default_circuit() {
  return default_sender().circuit;
}

delivery_rules default_delivery() {
  return default_supervisor().rules;
}

error_rate_rules default_error_rates() {
  return default_monitor().rules;
}

send_limits default_send_limits() {
  return default_verification().limits;
}

code_rules default_codes() {
  return code_cache_from(default_settings()).rules;
}

supervisor_config default_root() {
  return {.limits = default_settings().actors};
}

} // namespace tinybook::test
