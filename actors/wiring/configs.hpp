#pragma once

#include "config/settings.hpp"
#include "storage/row_rewrites.hpp"

#include <chrono>

namespace tinybook {

struct account_keeper_config;
struct accounts_config;
struct articles_config;
struct error_rate_monitor_config;
struct failover_supervisor_config;
struct local_code_cache_config;
struct number_routes;
struct password_hash_options;
struct publisher_config;
struct ranking_config;
struct sessions_config;
struct sms_sender_config;
struct verdict_hook_config;
struct verification_config;

// The configuration of each actor, made from the operator's settings.

[[nodiscard]] account_keeper_config account_keeper_from(const config::settings& s);
[[nodiscard]] verdict_hook_config verdict_hook_from(const config::settings& s);
[[nodiscard]] accounts_config accounts_from(const config::settings& s);
[[nodiscard]] password_hash_options hash_cost_from(const config::settings& s);
[[nodiscard]] articles_config articles_from(const config::settings& s);
[[nodiscard]] local_code_cache_config code_cache_from(const config::settings& s);
[[nodiscard]] verification_config verification_from(const config::settings& s);
/// For the upgrade of an older database; what it did goes to the log.
[[nodiscard]] storage::row_rewrites rewrites_to_log();
[[nodiscard]] publisher_config publisher_from(const config::settings& s);
[[nodiscard]] ranking_config ranking_from(const config::settings& s);
[[nodiscard]] sessions_config sessions_from(const config::settings& s);
/// Whether other replicas may work on the same database.
[[nodiscard]] bool shares_database(const config::settings& s);
[[nodiscard]] failover_supervisor_config failover_from(const config::settings& s);
/// How long one actor may take to stop: the time that a send under way is given
/// (`http.drain_bound`) and a second for its outcome, within what the watchdog leaves.
[[nodiscard]] std::chrono::milliseconds stop_grace_from(const config::settings& s);
[[nodiscard]] sms_sender_config sender_from(const config::settings& s,
                                            const config::sms_provider& p);
[[nodiscard]] number_routes routes_of(const config::sms_provider& p);
[[nodiscard]] error_rate_monitor_config monitor_from(const config::settings& s,
                                                     const config::sms_provider& p);

} // namespace tinybook
