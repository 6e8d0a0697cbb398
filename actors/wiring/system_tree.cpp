#include "actors/wiring/system_tree.hpp"

#include "actors/accounts/password_hasher.hpp"
#include "actors/accounts/password_worker.hpp"
#include "actors/articles/article_cleaner.hpp"
#include "actors/codes/fallback_rate_limiter.hpp"
#include "actors/codes/local_rate_limiter.hpp"
#include "actors/events/feed.hpp"
#include "actors/events/local_bus.hpp"
#include "actors/inspection/inspector.hpp"
#include "actors/ranking/local_board_store.hpp"
#include "actors/sessions/redis_revocations.hpp"
#include "actors/sms/error_rate_monitor.hpp"
#include "actors/store/postgres_worker.hpp"
#include "actors/store/sqlite_workers.hpp"
#include "actors/wiring/configs.hpp"
#include "actors/wiring/kafka_configs.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "config/local_parts.hpp"

#include <algorithm>
#include <optional>
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
        limiter(tree.declare<rate_limiter_actor>("rate-limiter", "rate limiter")),
        hasher(tree.declare<password_hasher_actor>("password-hasher", "hasher")),
        cleaner(tree.declare<article_cleaner_actor>("article-cleaner", "cleaner")),
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
    declare_store(tree, s);
    if (s.limits.backend == config::backend_kind::redis) {
      login_limiter = tree.declare<rate_limiter_actor>("login-limiter", "rate limiter");
      spare_limiter = tree.declare<rate_limiter_actor>("spare-limiter", "rate limiter");
    }
    if (config::uses_redis(s))
      redis = {tree.declare<redis_actor>("redis", "redis client"), s.redis.max_queue};
    if (s.events.bus == config::bus_kind::kafka)
      source = tree.declare<event_source_actor>("event-source", "kafka consumer");
    if (s.sessions.revocations == config::backend_kind::redis)
      spreader =
          tree.declare<revocation_spreader_actor>("revocations", "revocation spreader");
  }

  void declare_store(actor_tree& tree, const config::settings& s) {
    if (s.storage.database == config::database_kind::postgres) {
      database_session =
          tree.declare<database_session_actor>("database-session", "database session");
      for (std::size_t i = 1; i <= s.postgres.connections; ++i)
        workers.push_back(tree.declare<store_actor::worker>(
            "store-worker-" + std::to_string(i), "store worker"));
      return;
    }
    writer = tree.declare<store_actor::writer>("store-writer", "store worker");
    for (std::size_t i = 1; i <= std::max<std::size_t>(s.storage.readers, 1); ++i)
      readers.push_back(tree.declare<store_actor::reader>(
          "store-reader-" + std::to_string(i), "store worker"));
  }

  [[nodiscard]] store_address<store_actor> store(const config::settings& s) const {
    if (!workers.empty())
      return store_address<store_actor>{workers, s.storage.max_queue};
    return {*writer, readers, s.storage.max_queue};
  }

  address<inspector_actor> inspector;
  // On SQLite a writer and readers, on PostgreSQL workers and the session.
  std::optional<address<store_actor::writer>> writer;
  std::vector<address<store_actor::reader>> readers;
  std::vector<address<store_actor::worker>> workers;
  std::optional<address<database_session_actor>> database_session;
  std::optional<redis_address> redis; ///< Where any part is kept there.
  address<rate_limiter_actor> limiter;
  /// Over Redis: what log-ins ask, and what answers it while Redis is away (C4).
  std::optional<address<rate_limiter_actor>> login_limiter;
  std::optional<address<rate_limiter_actor>> spare_limiter;
  address<password_hasher_actor> hasher;
  address<article_cleaner_actor> cleaner;
  address<ingress_actor> ingress;
  address<board_store_actor> boards;
  address<ranking_actor> ranking;
  address<event_feed_actor> feed;
  address<event_bus_actor> bus;
  std::optional<address<event_source_actor>> source; ///< Of Kafka.
  address<event_publisher_actor> publisher;
  address<sessions_actor> sessions;
  std::optional<address<revocation_spreader_actor>> spreader; ///< Over Redis.
  address<code_cache_actor> codes;
  address<failover_supervisor_actor> failover;
  address<verification_actor> verification;
  address<accounts_actor> accounts;
  address<articles_actor> articles;
};

void define_store(actor_tree& tree, const children& c, const config::settings& s,
                  const outside_world& out) {
  if (c.database_session)
    tree.define<database_session_state, caf::detached>(
        *c.database_session, database_session_from(s),
        database_session_peers{
            out.shared_database, local_part_names(s), out.shared_clock,
            [failover = c.failover] { tell(failover, outbox_changed{}); }, out.fatal});
  for (const auto& worker : c.workers)
    tree.define<postgres_worker_state, caf::detached>(
        worker, postgres_worker_config{s.storage.max_group}, out.database, c.publisher);
  if (c.writer)
    tree.define<store_writer_state, caf::detached>(
        *c.writer, store_writer_config{s.storage.max_group}, out.database, c.publisher);
  for (const auto& reader : c.readers)
    tree.define<store_reader_state, caf::detached>(reader, out.database);
}

void define_limiters(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out) {
  const local_rate_limiter_config in_memory{s.limits.capacity};
  if (!c.login_limiter) {
    tree.define<local_rate_limiter_state>(c.limiter, in_memory);
    return;
  }
  tree.define<redis_rate_limiter_state>(c.limiter, redis_rate_limiter_from(s), *c.redis,
                                        out.keys, out.clock);
  tree.define<local_rate_limiter_state>(*c.spare_limiter, in_memory);
  tree.define<fallback_rate_limiter_state>(
      *c.login_limiter, fallback_rate_limiter_config{}, c.limiter, *c.spare_limiter);
}

void define_base(actor_tree& tree, const children& c, const config::settings& s,
                 const outside_world& out) {
  tree.define<inspector_state>(c.inspector, inspector_config{s.admin.status_timeout},
                               tree.directory(), out.clock);
  define_store(tree, c, s, out);
  if (c.redis)
    tree.define<redis_client_state, caf::detached>(
        c.redis->at, redis_client_from(s, out.fatal), out.random);
  define_limiters(tree, c, s, out);
  out.define_ingress(tree, c.ingress);
}

void define_ranking(actor_tree& tree, const children& c, const config::settings& s,
                    const outside_world& out) {
  if (s.ranking.board == config::backend_kind::redis)
    tree.define<redis_board_store_state>(c.boards, redis_board_store_from(s), *c.redis);
  else
    tree.define<local_board_store_state>(c.boards, out.clock);
  auto ranking = ranking_from(s);
  ranking.replica = replica_name_from(s);
  tree.define<ranking_state>(
      c.ranking, ranking,
      ranking_peers{store_address<article_store_actor>{c.store(s)}, c.boards, c.ingress},
      out.clock);
  tree.define<feed_state>(c.feed, feed_config{s.actors.request_timeout}, c.ranking);
  if (c.source) {
    tree.define<kafka_bus_state, caf::detached>(c.bus, kafka_bus_from(s));
    tree.define<kafka_source_state, caf::detached>(
        *c.source, kafka_source_from(s, replica_name_from(s)), c.feed, c.ranking);
  } else {
    tree.define<local_bus_state>(c.bus, local_bus_config{s.actors.request_timeout},
                                 c.feed);
  }
  tree.define<publisher_state>(c.publisher, publisher_from(s),
                               store_address<event_store_actor>{c.store(s)}, c.bus,
                               out.clock);
}

/// The places of a pool's workers, of which each job may take `longest`.
template <class Handle>
std::vector<address<Handle>>
declare_workers(actor_tree& tree, const std::string& name, const char* kind,
                const address<Handle>& front, std::size_t count,
                std::chrono::milliseconds longest) {
  std::vector<address<Handle>> slots;
  for (std::size_t i = 1; i <= count; ++i) {
    slots.push_back(
        tree.declare<Handle>(name + '-' + std::to_string(i), kind, front.name()));
    slots.back().meter()->may_take_ms = longest.count();
  }
  return slots;
}

void define_hasher(actor_tree& tree, const children& c, const config::settings& s) {
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  tree.define<password_hasher_state>(
      c.hasher, worker_pool_config{s.passwords.queue, s.http.login_deadline},
      declare_workers(tree, "password-worker", "hasher worker", c.hasher,
                      s.passwords.threads == 0 ? cores : s.passwords.threads,
                      s.http.login_deadline),
      pool_workers<password_hasher_actor, password_worker_state>(hash_cost_from(s)));
}

void define_cleaner(actor_tree& tree, const children& c, const config::settings& s) {
  tree.define<article_cleaner_state>(
      c.cleaner, worker_pool_config{s.articles.cleaner_queue, s.http.deadline},
      declare_workers(tree, "article-cleaner", "cleaner worker", c.cleaner,
                      s.articles.cleaners, s.http.deadline),
      pool_workers<article_cleaner_actor, cleaning_worker_state>(html_limits{}));
}

/// A thread for each connection to a provider, listed like every other actor.
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

void define_people(actor_tree& tree, const children& c, const config::settings& s,
                   const outside_world& out) {
  auto store = c.store(s);
  if (c.spreader)
    tree.define<redis_revocations_state>(*c.spreader, redis_revocations_from(s), *c.redis,
                                         store_address<session_store_actor>{store},
                                         c.ingress, out.clock, out.random);
  tree.define<sessions_state>(c.sessions, sessions_from(s),
                              store_address<session_store_actor>{store}, c.ingress,
                              out.codec, out.clock, out.random, c.spreader);
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
      verification_peers{c.codes, c.limiter, c.failover, store}, out.keys, out.clock,
      out.random);
  tree.define<accounts_state>(c.accounts, accounts_from(s),
                              accounts_peers{store, c.hasher, c.sessions, c.verification,
                                             c.login_limiter.value_or(c.limiter)},
                              out.keys, out.clock);
  tree.define<articles_state>(c.articles, articles_from(s),
                              store_address<article_store_actor>{store}, c.cleaner,
                              out.clock);
}

} // namespace

system_addresses wire_system(actor_tree& tree, const config::settings& settings,
                             const outside_world& outside) {
  children c{tree, settings};
  define_base(tree, c, settings, outside);
  define_hasher(tree, c, settings);
  define_cleaner(tree, c, settings);
  define_ranking(tree, c, settings, outside);
  define_people(tree, c, settings, outside);
  return {c.accounts,  c.sessions, c.verification, c.articles,
          c.inspector, c.failover, c.ranking};
}

} // namespace tinybook
