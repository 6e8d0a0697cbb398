#include "actors/accounts/account_keeper.hpp"
#include "actors/accounts/accounts.hpp"
#include "actors/accounts/password_hasher.hpp"
#include "actors/accounts/password_worker.hpp"
#include "actors/codes/fallback_rate_limiter.hpp"
#include "actors/codes/local_rate_limiter.hpp"
#include "actors/codes/redis_rate_limiter.hpp"
#include "actors/sessions/redis_revocations.hpp"
#include "actors/sessions/sessions.hpp"
#include "actors/wiring/children.hpp"
#include "actors/wiring/configs.hpp"
#include "actors/wiring/shared_configs.hpp"
#include "config/thread_count.hpp"

namespace tinybook {

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
      *c.login_limiter, fallback_rate_limiter_config{s.limits.capacity}, c.limiter,
      *c.spare_limiter);
}

void define_hasher(actor_tree& tree, const children& c, const config::settings& s) {
  tree.define<password_hasher_state>(
      c.hasher, worker_pool_config{s.passwords.queue, s.http.login_deadline},
      declare_workers(tree, "password-worker", "hasher worker", c.hasher,
                      config::thread_count(s.passwords.threads), s.http.login_deadline),
      pool_workers<password_hasher_actor, password_worker_state>(hash_cost_from(s)));
}

void define_sessions(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out) {
  const auto store = c.store(s);
  if (c.spreader)
    tree.define<redis_revocations_state>(*c.spreader, redis_revocations_from(s), *c.redis,
                                         store_address<session_store_actor>{store},
                                         c.ingress, out.clock, out.random);
  tree.define<sessions_state>(c.sessions, sessions_from(s),
                              store_address<session_store_actor>{store}, c.ingress,
                              out.codec, out.clock, out.random, c.spreader);
}

void define_accounts(actor_tree& tree, const children& c, const config::settings& s,
                     const outside_world& out) {
  tree.define<accounts_state>(
      c.accounts, accounts_from(s),
      accounts_peers{c.store(s), c.hasher, c.sessions, c.verification,
                     c.login_limiter.value_or(c.limiter), c.failover, c.verdicts},
      out.keys, out.clock, out.random);
  tree.define<account_keeper_state>(c.keeper, account_keeper_from(s),
                                    store_address<upkeep_store_actor>{c.store(s)},
                                    out.clock);
}

} // namespace tinybook
