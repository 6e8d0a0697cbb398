#pragma once

#include "actors/interfaces.hpp"
#include "actors/redis/redis_address.hpp"
#include "actors/system/actor_tree.hpp"
#include "actors/wiring/system_tree.hpp"
#include "config/settings.hpp"
#include "storage/stores.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

/// The addresses of all children of the root supervisor.
struct children {
  children(actor_tree& tree, const config::settings& s);

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
  std::optional<redis_address> redis; ///< If any part is kept in Redis.
  address<rate_limiter_actor> limiter;
  /// With Redis: the limiter of log-ins, and the local one that it falls back to while
  /// Redis is unavailable.
  std::optional<address<rate_limiter_actor>> login_limiter;
  std::optional<address<rate_limiter_actor>> spare_limiter;
  address<password_hasher_actor> hasher;
  address<article_cleaner_actor> cleaner;
  address<ingress_actor> ingress;
  address<long_work_actor> long_work;
  address<ranking_actor> ranking;
  struct kafka_actors {
    address<event_bus_actor> bus;
    address<event_source_actor> source;
    address<event_feed_actor> feed;
  };
  std::optional<kafka_actors> kafka; ///< With Kafka.
  address<event_publisher_actor> publisher;
  address<sessions_actor> sessions;
  std::optional<address<revocation_spreader_actor>> spreader; ///< With Redis.
  address<code_cache_actor> codes;
  address<failover_supervisor_actor> failover;
  address<verification_actor> verification;
  /// With an endpoint that is asked about codes and sign-ups.
  std::optional<address<verdict_hook_actor>> verdicts;
  std::optional<address<verdict_caller_actor>> verdict_callers;
  address<accounts_actor> accounts;
  address<account_keeper_actor> keeper;
  address<articles_actor> articles;

 private:
  void declare_store(actor_tree& tree, const config::settings& s);
};

// What is built at these addresses. Each concern has a file of its own, because every
// actor that is spawned adds about a second to the compile time of its file.

void define_store(actor_tree& tree, const children& c, const config::settings& s,
                  const outside_world& out);
void define_limiters(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out);
void define_hasher(actor_tree& tree, const children& c, const config::settings& s);
void define_cleaner(actor_tree& tree, const children& c, const config::settings& s);
void define_ranking(actor_tree& tree, const children& c, const config::settings& s,
                    const outside_world& out);
void define_sessions(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out);
void define_verdicts(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out);
void define_sms(actor_tree& tree, const children& c, const config::settings& s,
                const outside_world& out);
void define_accounts(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out);
void define_articles(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out);

/// Declares the workers of a pool whose jobs may take `longest`.
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

} // namespace tinybook
