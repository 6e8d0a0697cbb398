#pragma once

#include "actors/wiring/configs.hpp"
#include "actors/wiring/shared_configs.hpp"

/// What actors and their rules take by default, for tests that change what they are
/// about.
namespace tinybook {

struct admission_rules;
struct circuit_rules;
struct code_rules;
struct delivery_rules;
struct error_rate_rules;
struct send_limits;
struct supervisor_config;

namespace test {

/// With the timeouts that the times of the tests are reckoned by.
[[nodiscard]] const config::settings& default_settings();

[[nodiscard]] ranking_config default_ranking();
/// Every number has a route.
[[nodiscard]] verification_config default_verification();
[[nodiscard]] failover_supervisor_config default_supervisor();
/// The bounds of a provider in the network; the console of the settings has none.
[[nodiscard]] admission_rules default_admission();
[[nodiscard]] sms_sender_config default_sender();
[[nodiscard]] error_rate_monitor_config default_monitor();
[[nodiscard]] circuit_rules default_circuit();
[[nodiscard]] delivery_rules default_delivery();
[[nodiscard]] error_rate_rules default_error_rates();
[[nodiscard]] send_limits default_send_limits();
[[nodiscard]] code_rules default_codes();
[[nodiscard]] supervisor_config default_root();

} // namespace test

} // namespace tinybook
