#include "actors/wiring/shared_configs.hpp"

#include "actors/codes/local_code_cache.hpp"
#include "actors/codes/redis_code_cache.hpp"
#include "actors/codes/redis_rate_limiter.hpp"
#include "actors/ranking/redis_board_store.hpp"
#include "actors/redis/redis_client.hpp"
#include "actors/sessions/redis_revocations.hpp"
#include "actors/store/database_session.hpp"
#include "actors/wiring/configs.hpp"
#include "config/local_parts.hpp"

#include <array>
#include <unistd.h>

namespace tinybook {

std::string replica_name_from(const config::settings& s) {
  if (!s.replica.name.empty())
    return s.replica.name;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0)
    host = {"tinybook"};
  return std::string{host.data()} + '-' + std::to_string(s.http.port);
}

std::vector<std::string> local_part_names(const config::settings& s) {
  const auto parts = config::local_parts(s);
  return {parts.begin(), parts.end()};
}

storage::postgres_options postgres_from(const config::settings& s) {
  storage::postgres_options o{s.postgres};
  o.replica = replica_name_from(s);
  o.gated = true;
  o.rewrites = rewrites_to_log();
  return o;
}

database_session_config database_session_from(const config::settings& s) {
  database_session_config c;
  c.reconnect.base = s.postgres.reconnect_base;
  c.reconnect.cap = s.postgres.reconnect_cap;
  return c;
}

redis_client_config
redis_client_from(const config::settings& s,
                  const std::function<void(const std::string&)>& fatal) {
  return {.server = s.redis, .unfit = fatal};
}

redis_rate_limiter_config redis_rate_limiter_from(const config::settings& s) {
  return {s.redis.prefix, s.actors.request_timeout};
}

redis_code_cache_config redis_code_cache_from(const config::settings& s) {
  redis_code_cache_config c;
  c.rules = code_cache_from(s).rules;
  c.prefix = s.redis.prefix;
  c.request_timeout = s.actors.request_timeout;
  return c;
}

redis_board_store_config redis_board_store_from(const config::settings& s) {
  redis_board_store_config c;
  c.prefix = s.redis.prefix;
  c.request_timeout = s.actors.request_timeout;
  return c;
}

redis_revocations_config redis_revocations_from(const config::settings& s) {
  redis_revocations_config c;
  c.prefix = s.redis.prefix;
  c.poll = s.sessions.revocation_poll;
  c.access_lifetime = s.sessions.access_lifetime;
  c.request_timeout = s.actors.request_timeout;
  return c;
}

} // namespace tinybook
