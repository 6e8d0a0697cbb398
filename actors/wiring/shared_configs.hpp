#pragma once

#include "config/settings.hpp"

#include <functional>
#include <string>
#include <vector>

namespace tinybook::storage {

struct postgres_options;

} // namespace tinybook::storage

namespace tinybook {

struct database_session_config;
struct redis_board_store_config;
struct redis_client_config;
struct redis_code_cache_config;
struct redis_rate_limiter_config;
struct redis_revocations_config;

// The configuration of actors over shared back ends, made from the operator's settings.

/// `replica.name`, or host name and port.
[[nodiscard]] std::string replica_name_from(const config::settings& s);
/// The keys whose back end belongs to this process alone.
[[nodiscard]] std::vector<std::string> local_part_names(const config::settings& s);
[[nodiscard]] storage::postgres_options postgres_from(const config::settings& s);
[[nodiscard]] database_session_config database_session_from(const config::settings& s);
/// `fatal`, which ends the process, is called with the reason if the server can never be
/// used.
[[nodiscard]] redis_client_config
redis_client_from(const config::settings& s,
                  const std::function<void(const std::string&)>& fatal);
[[nodiscard]] redis_rate_limiter_config
redis_rate_limiter_from(const config::settings& s);
[[nodiscard]] redis_code_cache_config redis_code_cache_from(const config::settings& s);
[[nodiscard]] redis_board_store_config redis_board_store_from(const config::settings& s);

[[nodiscard]] redis_revocations_config redis_revocations_from(const config::settings& s);

} // namespace tinybook
