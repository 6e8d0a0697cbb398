#pragma once

#include "actors/accounts/accounts.hpp"
#include "actors/accounts/password_hash.hpp"
#include "actors/articles/articles.hpp"
#include "actors/codes/local_code_cache.hpp"
#include "actors/codes/verification.hpp"
#include "actors/events/publisher.hpp"
#include "actors/ranking/ranking.hpp"
#include "actors/sessions/sessions.hpp"
#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/sms_sender.hpp"
#include "config/settings.hpp"
#include "storage/row_rewrites.hpp"

#include <chrono>

namespace tinybook {

// From the operator's settings to what each actor takes.

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
/// How long one actor may take to stop: as long as a send under way is waited for
/// (`http.drain_bound`), and a second for its outcome, within what the watchdog leaves.
[[nodiscard]] std::chrono::milliseconds stop_grace_from(const config::settings& s);
[[nodiscard]] sms_sender_config sender_from(const config::settings& s,
                                            const config::sms_provider& p);
[[nodiscard]] number_routes routes_of(const config::sms_provider& p);
[[nodiscard]] error_rate_monitor_config monitor_from(const config::settings& s,
                                                     const config::sms_provider& p);

} // namespace tinybook
