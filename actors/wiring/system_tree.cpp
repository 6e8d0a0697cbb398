#include "actors/wiring/system_tree.hpp"

#include "actors/inspection/inspector.hpp"
#include "actors/redis/redis_client.hpp"
#include "actors/system/long_work.hpp"
#include "actors/wiring/children.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "config/local_parts.hpp"
#include "storage/reading_commands.hpp"

#include <algorithm>
#include <string>

namespace tinybook {

children::children(actor_tree& tree, const config::settings& s)
    : inspector(tree.declare<inspector_actor>("inspector", "inspector")),
      limiter(tree.declare<rate_limiter_actor>("rate-limiter", "rate limiter")),
      hasher(tree.declare<password_hasher_actor>("password-hasher", "hasher")),
      cleaner(tree.declare<article_cleaner_actor>("article-cleaner", "cleaner")),
      ingress(tree.declare<ingress_actor>("http-ingress", "ingress")),
      long_work(tree.declare<long_work_actor>("long-work", "long work")),
      ranking(tree.declare<ranking_actor>("ranking", "ranking")),
      publisher(tree.declare<event_publisher_actor>("event-publisher", "publisher")),
      sessions(tree.declare<sessions_actor>("sessions", "sessions")),
      codes(tree.declare<code_cache_actor>("code-cache", "code cache")),
      failover(
          tree.declare<failover_supervisor_actor>("sms-failover", "failover supervisor")),
      verification(tree.declare<verification_actor>("verification", "verification")),
      accounts(tree.declare<accounts_actor>("accounts", "accounts")),
      keeper(tree.declare<account_keeper_actor>("account-keeper", "account keeper")),
      articles(tree.declare<articles_actor>("articles", "articles")) {
  declare_store(tree, s);
  if (s.limits.backend == config::backend_kind::redis) {
    login_limiter = tree.declare<rate_limiter_actor>("login-limiter", "rate limiter");
    spare_limiter = tree.declare<rate_limiter_actor>("spare-limiter", "rate limiter");
  }
  if (!s.abuse.webhook.empty()) {
    verdicts = tree.declare<verdict_hook_actor>("verdict-hook", "verdict hook");
    verdict_callers =
        tree.declare<verdict_caller_actor>("verdict-callers", "verdict callers");
  }
  if (config::uses_redis(s))
    redis = {tree.declare<redis_actor>("redis", "redis client"), s.redis.max_queue};
  if (s.events.bus == config::bus_kind::kafka)
    kafka = {tree.declare<event_bus_actor>("event-bus", "kafka producer"),
             tree.declare<event_source_actor>("event-source", "kafka consumer"),
             tree.declare<event_feed_actor>("event-feed", "feed")};
  if (s.sessions.revocations == config::backend_kind::redis)
    spreader =
        tree.declare<revocation_spreader_actor>("revocations", "revocation spreader");
}

void children::declare_store(actor_tree& tree, const config::settings& s) {
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

system_addresses wire_system(actor_tree& tree, const config::settings& settings,
                             const outside_world& outside) {
  children c{tree, settings};
  tree.define<inspector_state>(c.inspector,
                               inspector_config{settings.admin.status_timeout},
                               tree.directory(), outside.clock);
  define_store(tree, c, settings, outside);
  if (c.redis)
    tree.define<redis_client_state, caf::detached>(
        c.redis->at, redis_client_from(settings, outside.fatal), outside.random);
  define_limiters(tree, c, settings, outside);
  outside.define_ingress(tree, c.ingress);
  tree.define<long_work_state, caf::detached>(c.long_work);
  define_hasher(tree, c, settings);
  define_cleaner(tree, c, settings);
  define_ranking(tree, c, settings, outside);
  define_sessions(tree, c, settings, outside);
  define_verdicts(tree, c, settings, outside);
  define_sms(tree, c, settings, outside);
  define_accounts(tree, c, settings, outside);
  define_articles(tree, c, settings, outside);
  return {c.accounts, c.sessions, c.verification, c.articles, c.inspector,
          c.failover, c.ranking,  c.long_work,    c.cleaner,  c.store(settings)};
}

} // namespace tinybook
