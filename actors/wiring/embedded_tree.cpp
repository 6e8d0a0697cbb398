#include "actors/wiring/embedded_tree.hpp"

#include "actors/accounts/password_hasher.hpp"
#include "actors/accounts/password_worker.hpp"
#include "actors/codes/local_rate_limiter.hpp"
#include "actors/events/feed.hpp"
#include "actors/events/local_bus.hpp"
#include "actors/inspection/inspector.hpp"
#include "actors/ranking/local_board_store.hpp"
#include "actors/sms/error_rate_monitor.hpp"
#include "actors/store/store_worker.hpp"
#include "actors/wiring/configs.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tinybook {

namespace {

/// The addresses of all children; what is built from them follows in `define_…`.
struct children {
  children(actor_tree& tree, const config::settings& s)
      : inspector(tree.declare<inspector_actor>("inspector", "inspector")),
        writer(tree.declare<store_actor::writer>("store-writer", "store worker")),
        limiter(tree.declare<rate_limiter_actor>("rate-limiter", "rate limiter")),
        hasher(tree.declare<password_hasher_actor>("password-hasher", "hasher")),
        ingress(tree.declare<ingress_actor>("http-ingress", "ingress")),
        boards(tree.declare<board_store_actor>("board-store", "board store")),
        ranking(tree.declare<ranking_actor>("ranking", "ranking")),
        feed(tree.declare<event_feed_actor>("event-feed", "feed")),
        bus(tree.declare<event_bus_actor>("event-bus", "bus")),
        publisher(tree.declare<event_publisher_actor>("event-publisher", "publisher")),
        sessions(tree.declare<sessions_actor>("sessions", "sessions")),
        codes(tree.declare<code_cache_actor>("code-cache", "code cache")),
        failover(tree.declare<failover_supervisor_actor>("sms-failover",
                                                         "failover supervisor")),
        verification(tree.declare<verification_actor>("verification", "verification")),
        accounts(tree.declare<accounts_actor>("accounts", "accounts")),
        articles(tree.declare<articles_actor>("articles", "articles")) {
    for (std::size_t i = 1; i <= std::max<std::size_t>(s.storage.readers, 1); ++i)
      readers.push_back(tree.declare<store_actor::reader>(
          "store-reader-" + std::to_string(i), "store worker"));
  }

  [[nodiscard]] store_address<store_actor> store(const config::settings& s) const {
    return {writer, readers, s.storage.max_queue};
  }

  address<inspector_actor> inspector;
  address<store_actor::writer> writer;
  std::vector<address<store_actor::reader>> readers;
  address<rate_limiter_actor> limiter;
  address<password_hasher_actor> hasher;
  address<ingress_actor> ingress;
  address<board_store_actor> boards;
  address<ranking_actor> ranking;
  address<event_feed_actor> feed;
  address<event_bus_actor> bus;
  address<event_publisher_actor> publisher;
  address<sessions_actor> sessions;
  address<code_cache_actor> codes;
  address<failover_supervisor_actor> failover;
  address<verification_actor> verification;
  address<accounts_actor> accounts;
  address<articles_actor> articles;
};

void define_base(actor_tree& tree, const children& c, const config::settings& s,
                 const outside_world& out) {
  tree.define<inspector_state>(c.inspector, inspector_config{s.admin.status_timeout},
                               tree.directory(), out.clock);
  tree.define<store_writer_state, caf::detached>(
      c.writer, store_writer_config{s.storage.max_group}, out.database, c.publisher);
  for (const auto& reader : c.readers)
    tree.define<store_reader_state, caf::detached>(reader, out.database);
  tree.define<local_rate_limiter_state>(c.limiter,
                                        local_rate_limiter_config{s.limits.capacity});
  out.define_ingress(tree, c.ingress);
}

void define_ranking(actor_tree& tree, const children& c, const config::settings& s,
                    const outside_world& out) {
  tree.define<local_board_store_state>(c.boards, out.clock);
  tree.define<ranking_state>(
      c.ranking, ranking_from(s),
      ranking_peers{store_address<article_store_actor>{c.store(s)}, c.boards, c.ingress},
      out.clock);
  tree.define<feed_state>(c.feed, feed_config{s.actors.request_timeout}, c.ranking);
  tree.define<local_bus_state>(c.bus, local_bus_config{s.actors.request_timeout}, c.feed);
  tree.define<publisher_state>(c.publisher, publisher_from(s),
                               store_address<event_store_actor>{c.store(s)}, c.bus,
                               out.clock);
}

void define_hasher(actor_tree& tree, const children& c, const config::settings& s) {
  auto cores = std::max(1U, std::thread::hardware_concurrency());
  auto threads = s.passwords.threads == 0 ? cores : s.passwords.threads;
  std::vector<address<password_hasher_actor>> slots;
  for (std::size_t i = 1; i <= threads; ++i)
    slots.push_back(tree.declare<password_hasher_actor>(
        "password-worker-" + std::to_string(i), "hasher worker", c.hasher.name()));
  start_password_worker start =
      [cost = hash_cost_from(s)](caf::actor_system& system,
                                 const address<password_hasher_actor>& slot) {
        return system.spawn<managed_actor<password_hasher_actor, password_worker_state>,
                            caf::detached>(slot.meter(), cost);
      };
  tree.define<password_hasher_state>(
      c.hasher, password_hasher_config{s.passwords.queue, s.http.login_deadline}, slots,
      start);
}

/// A thread for each connection to a provider, listed like every other actor.
sms_worker_spawner listed_workers(const directory_ptr& directory,
                                  sms_provider_factory make_client) {
  return [directory, spawn = detached_workers(std::move(make_client))](
             caf::actor_system& system, const std::string& name) {
    auto at = spawn(system, name);
    directory->add({at.meter(), [at] {
                      return caf::actor_cast<caf::actor>(at.get());
                    }});
    return at;
  };
}

/// Each provider: its sender, and the monitor of its error rate.
std::vector<provider_link> define_senders(actor_tree& tree, const children& c,
                                          const config::settings& s,
                                          const outside_world& out) {
  std::vector<provider_link> providers;
  for (const auto& p : s.sms.providers) {
    if (!p.enabled)
      continue;
    auto sender = tree.declare<sms_sender_actor>("sms-sender-" + p.name, "sms sender",
                                                 "sms-failover");
    auto monitor = tree.declare<error_rate_monitor_actor>(
        "sms-monitor-" + p.name, "error-rate monitor", "sms-failover");
    tree.define<error_rate_monitor_state>(monitor, monitor_from(s, p), sender);
    tree.define<sms_sender_state>(
        sender, sender_from(s, p), listed_workers(tree.directory(), out.make_provider(p)),
        sms_sender_peers{monitor, c.failover,
                         store_address<provider_state_store_actor>{c.store(s)}},
        out.clock, out.random);
    providers.push_back(
        {p.name, sender, p.timeout, static_cast<std::uint32_t>(p.weight), p.routes});
  }
  return providers;
}

void define_people(actor_tree& tree, const children& c, const config::settings& s,
                   const outside_world& out) {
  auto store = c.store(s);
  tree.define<sessions_state>(c.sessions, sessions_from(s),
                              store_address<session_store_actor>{store}, c.ingress,
                              out.codec, out.clock, out.random);
  tree.define<local_code_cache_state>(c.codes, code_cache_from(s),
                                      store_address<code_store_actor>{store}, out.clock);
  tree.define<failover_supervisor_state>(
      c.failover, failover_from(s),
      failover_peers{store, store, store, c.codes, c.verification},
      define_senders(tree, c, s, out), out.keys, out.clock, out.random);
  tree.define<verification_state>(
      c.verification, verification_from(s),
      verification_peers{c.codes, c.limiter, c.failover, store}, out.keys, out.clock,
      out.random);
  tree.define<accounts_state>(
      c.accounts, accounts_from(s),
      accounts_peers{store, c.hasher, c.sessions, c.verification, c.limiter}, out.keys,
      out.clock);
  tree.define<articles_state>(c.articles, articles_from(s),
                              store_address<article_store_actor>{store}, out.clock);
}

} // namespace

system_addresses wire_embedded(actor_tree& tree, const config::settings& settings,
                               const outside_world& outside) {
  children c{tree, settings};
  define_base(tree, c, settings, outside);
  define_hasher(tree, c, settings);
  define_ranking(tree, c, settings, outside);
  define_people(tree, c, settings, outside);
  return {c.accounts,  c.sessions, c.verification, c.articles,
          c.inspector, c.failover, c.ranking};
}

} // namespace tinybook
