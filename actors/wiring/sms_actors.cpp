#include "actors/codes/local_code_cache.hpp"
#include "actors/codes/redis_code_cache.hpp"
#include "actors/codes/verification.hpp"
#include "actors/sms/error_rate_monitor.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/sms_sender.hpp"
#include "actors/wiring/children.hpp"
#include "actors/wiring/configs.hpp"
#include "actors/wiring/shared_configs.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

namespace {

/// Starts a worker thread for each connection to a provider and lists it in the
/// directory, as every other actor.
sms_worker_spawner listed_workers(const directory_ptr& directory,
                                  sms_provider_factory make_client,
                                  std::chrono::milliseconds longest_call) {
  return [directory, longest_call, spawn = detached_workers(std::move(make_client))](
             caf::actor_system& system, const std::string& name) {
    auto line = spawn(system, name);
    line.at.meter()->may_take_ms = longest_call.count();
    directory->add({line.at.meter(), [at = line.at] {
                      return caf::actor_cast<caf::actor>(at.get());
                    }});
    return line;
  };
}

/// Defines a sender and an error-rate monitor for each provider.
std::vector<provider_link> define_senders(actor_tree& tree, const children& c,
                                          const config::settings& s,
                                          const outside_world& out) {
  std::vector<provider_link> providers;
  for (const auto& p : s.sms.providers) {
    if (!p.enabled)
      continue;
    auto sender = tree.declare<sms_sender_actor>("sms-sender-" + p.name, "sms sender",
                                                 c.failover.meter()->name());
    auto monitor = tree.declare<error_rate_monitor_actor>(
        "sms-monitor-" + p.name, "error-rate monitor", c.failover.meter()->name());
    tree.define<error_rate_monitor_state>(monitor, monitor_from(s, p), sender);
    sms_sender_peers peers{monitor, c.failover, c.store(s)};
    if (s.limits.backend == config::backend_kind::redis)
      peers.limiter = c.limiter;
    tree.define<sms_sender_state>(sender, sender_from(s, p),
                                  listed_workers(tree.directory(), out.make_provider(p),
                                                 p.timeout + std::chrono::seconds{1}),
                                  std::move(peers), out.clock, out.random);
    providers.push_back(
        {p.name, sender, p.timeout, static_cast<std::uint32_t>(p.weight), routes_of(p)});
  }
  return providers;
}

} // namespace

void define_sms(actor_tree& tree, const children& c, const config::settings& s,
                const outside_world& out) {
  const auto store = c.store(s);
  if (s.codes.cache == config::backend_kind::redis)
    tree.define<redis_code_cache_state>(c.codes, redis_code_cache_from(s), *c.redis,
                                        store_address<code_store_actor>{store}, out.keys,
                                        out.clock);
  else
    tree.define<local_code_cache_state>(
        c.codes, code_cache_from(s), store_address<code_store_actor>{store}, out.clock);
  tree.define<failover_supervisor_state>(
      c.failover, failover_from(s),
      failover_peers{store, store, store, c.codes, c.verification},
      define_senders(tree, c, s, out), out.keys, out.clock, out.random);
  tree.define<verification_state>(
      c.verification, verification_from(s),
      verification_peers{c.codes, c.limiter, store, store, store, c.failover, c.verdicts},
      out.keys, out.clock, out.random);
}

} // namespace tinybook
