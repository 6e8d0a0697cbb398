#include "bench/support/sending_replica.hpp"

#include "actors/codes/redis_code_cache.hpp"
#include "actors/redis/redis_client.hpp"
#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/sms_sender.hpp"
#include "actors/store/postgres_worker.hpp"
#include "actors/wiring/configs.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "config/loader.hpp"
#include "storage/support/random.hpp"

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace tinybook::bench {

std::vector<address<store_actor::worker>>
start_workers(actor_crew& crew, const config::settings& settings,
              const std::shared_ptr<storage::database>& database) {
  const auto publisher = actor_crew::declare<event_publisher_actor>("publisher");
  std::vector<address<store_actor::worker>> workers;
  for (std::size_t i = 1; i <= settings.postgres.connections; ++i) {
    workers.push_back(
        actor_crew::declare<store_actor::worker>("store-worker-" + std::to_string(i)));
    crew.start<postgres_worker_state, caf::detached>(
        workers.back(), postgres_worker_config{settings.storage.max_group}, database,
        publisher);
    bool connected = false;
    caf::scoped_actor self{crew.system()};
    self->request(caf::actor_cast<caf::actor>(workers.back().get()),
                  std::chrono::seconds{10}, storage::count_messages{})
        .receive([&](const storage::outbox_depth&) { connected = true; },
                 [](const caf::error&) {});
    if (!connected)
      throw std::runtime_error("a worker cannot reach postgres");
  }
  return workers;
}

config::settings replica_settings(const std::string& name, std::uint16_t redis_port) {
  auto s = config::defaults();
  s.replica.name = name;
  s.storage.database = config::database_kind::postgres;
  s.codes.cache = config::backend_kind::redis;
  s.redis.port = redis_port;
  auto& provider = s.sms.providers.front();
  provider.enabled = true;
  provider.rate_per_second = 0;
  return s;
}

sending_replica::sending_replica(const config::settings& settings,
                                 std::shared_ptr<storage::database> database,
                                 const std::shared_ptr<const keyring>& keys,
                                 const sms_provider_factory& clients)
    : crew_(settings.scheduler),
      failover_(actor_crew::declare<failover_supervisor_actor>("sms-failover")) {
  const auto& provider = settings.sms.providers.front();
  const store_address<store_actor> store{start_workers(crew_, settings, database),
                                         settings.storage.max_queue};
  const redis_address redis{actor_crew::declare<redis_actor>("redis"),
                            settings.redis.max_queue};
  const auto codes = actor_crew::declare<code_cache_actor>("code-cache");
  const auto verification = actor_crew::declare<verification_actor>("verification");
  const auto sender = actor_crew::declare<sms_sender_actor>("sms-sender");
  const auto monitor = actor_crew::declare<error_rate_monitor_actor>("sms-monitor");
  const std::shared_ptr<random_source> random = std::make_shared<system_random>();
  const wall_clock clock{system_now};

  crew_.start<redis_client_state, caf::detached>(redis.at,
                                                 redis_client_from(settings, {}), random);
  crew_.start<redis_code_cache_state>(codes, redis_code_cache_from(settings), redis,
                                      store_address<code_store_actor>{store}, keys,
                                      clock);
  crew_.start<error_rate_monitor_state>(monitor, monitor_from(settings, provider),
                                        sender);
  crew_.start<sms_sender_state>(
      sender, sender_from(settings, provider), detached_workers(clients),
      sms_sender_peers{monitor, failover_,
                       store_address<provider_state_store_actor>{store}, std::nullopt},
      clock, random);
  crew_.start<failover_supervisor_state>(
      failover_, failover_from(settings),
      failover_peers{store, store, store, codes, verification},
      std::vector<provider_link>{{provider.name, sender, provider.timeout,
                                  static_cast<std::uint32_t>(provider.weight),
                                  routes_of(provider)}},
      keys, clock, random);
}

} // namespace tinybook::bench
