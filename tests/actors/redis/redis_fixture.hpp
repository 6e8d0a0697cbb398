#pragma once

#include "actors/redis/redis_address.hpp"
#include "actors/redis/redis_client.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/redis_server.hpp"

#include <memory>
#include <string>

namespace tinybook::test {

/// The configuration of a client of `server`, with short waits.
inline redis_client_config client_of(const redis_server& server) {
  using namespace std::chrono_literals;
  redis_client_config config{.server = default_settings().redis};
  config.server.port = server.port();
  config.server.timeout = 2s; // The machine may be busy.
  config.server.reconnect_base = 10ms;
  config.server.reconnect_cap = 10ms;
  return config;
}

/// One server for all cases of a test binary: each case begins with an empty one.
inline redis_server& shared_redis() {
  static redis_server server;
  server.flush();
  return server;
}

/// A client in `world`, on the world's own thread; connected from the start.
inline redis_address start_redis(actor_fixture& world, const redis_server& server) {
  return {address<redis_actor>{world.start<redis_actor, redis_client_state>(
              "redis", client_of(server), std::make_shared<seeded_random>(1))},
          default_settings().redis.max_queue};
}

} // namespace tinybook::test
