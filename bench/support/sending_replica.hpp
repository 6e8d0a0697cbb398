#pragma once

#include "actors/interfaces.hpp"
#include "actors/sms/sms_provider.hpp"
#include "bench/support/actor_crew.hpp"
#include "config/settings.hpp"
#include "storage/connection.hpp"
#include "storage/stores.hpp"
#include "storage/support/keyring.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tinybook::bench {

/// The actors of a replica in cluster mode that send messages, wired as in the product:
/// supervisor, sender and monitor of one provider, workers on PostgreSQL, codes in Redis.
class sending_replica {
 public:
  /// `clients` make the clients of the first provider of `settings`.
  sending_replica(const config::settings& settings,
                  std::shared_ptr<storage::database> database,
                  const std::shared_ptr<const keyring>& keys,
                  const sms_provider_factory& clients);

  /// Of the supervisor.
  [[nodiscard]] double gauge(const std::string& name) {
    return crew_.gauge(failover_, name);
  }

 private:
  actor_crew crew_;
  address<failover_supervisor_actor> failover_;
};

/// A pool of workers on the database, as many as the settings say, all connected.
[[nodiscard]] std::vector<address<store_actor::worker>>
start_workers(actor_crew& crew, const config::settings& settings,
              const std::shared_ptr<storage::database>& database);

/// The settings of a replica of that name: a shared database, codes in Redis.
[[nodiscard]] config::settings replica_settings(const std::string& name,
                                                std::uint16_t redis_port);

} // namespace tinybook::bench
