#pragma once

#include "actors/abuse/verdict_client.hpp"
#include "actors/interfaces.hpp"
#include "actors/sessions/token_codec.hpp"
#include "actors/sms/sms_provider.hpp"
#include "actors/system/actor_tree.hpp"
#include "actors/system_addresses.hpp"
#include "config/settings.hpp"
#include "storage/connection.hpp"
#include "storage/support/keyring.hpp"
#include "storage/support/random.hpp"
#include "storage/support/synced_clock.hpp"

#include <functional>
#include <memory>

namespace tinybook {

namespace storage {
class postgres_database;
}

/// What the actors are given from outside their layer.
struct outside_world {
  std::shared_ptr<storage::database> database;
  /// The same if replicas share it, and the clock that follows the server's; else null.
  std::shared_ptr<storage::postgres_database> shared_database;
  std::shared_ptr<synced_clock> shared_clock;
  std::shared_ptr<const keyring> keys;
  std::shared_ptr<const token_codec> codec;
  wall_clock clock;
  std::shared_ptr<random_source> random;
  /// The client of a configured provider, one for each connection to it.
  std::function<sms_provider_factory(const config::sms_provider&)> make_provider;
  /// The client of the endpoint that is asked about codes and sign-ups, where there is
  /// one.
  std::function<verdict_client_factory(const config::abuse_settings&)>
      make_verdict_client;
  /// Says how the ingress actor, which belongs to the layer above, is built.
  std::function<void(actor_tree&, const address<ingress_actor>&)> define_ingress;
  /// Is told of each entry of the audit trail once it is committed; null = nobody is.
  storage::audit_sink audited;
  /// Ends the process with that reason; called from any thread.
  std::function<void(const std::string& why)> fatal;
};

/// The one place that knows how the actors are connected; each back end is chosen on its
/// own. Defines every child of the root supervisor on `tree`, in the order of their
/// start: an actor comes after those that it asks.
[[nodiscard]] system_addresses wire_system(actor_tree& tree,
                                           const config::settings& settings,
                                           const outside_world& outside);

} // namespace tinybook
