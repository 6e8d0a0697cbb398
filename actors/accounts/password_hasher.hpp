#pragma once

#include "actors/accounts/password_worker.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/worker_pool.hpp"

namespace tinybook {

/// Deals hashes out, so that at most one a worker is in memory (64 MiB by default).
using password_hasher_state = worker_pool_state<password_hasher_actor, make_password_hash,
                                                judge_password, match_password>;

} // namespace tinybook
