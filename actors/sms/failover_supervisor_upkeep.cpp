#include "actors/sms/failover_supervisor.hpp"

namespace tinybook {

using std::chrono::milliseconds;

namespace {

/// Between two portions of a sweep that found more than one portion to do.
constexpr milliseconds sweep_pause{20};

} // namespace

/// Every lease of ours is extended at a third of its length; whoever has lost its lease
/// learns it here and is not sent any more.
void failover_supervisor_state::heartbeat() {
  if (rows_.empty())
    return;
  schedule(duty::heartbeat, config_.lease / 3);
  for (const auto& [id, r] : rows_)
    start_journey(self_, "extend lease", extend(id, r->row.lease_token));
}

task<result<done>> failover_supervisor_state::extend(message_id id, std::int64_t token) {
  const auto ends = now() + config_.lease;
  const auto answer =
      co_await ask(peers_.outbox, config_.store_timeout,
                   storage::extend_lease{id, token, clock_(), config_.lease});
  if (!answer) {
    store_failed(answer.error());
    co_return done{};
  }
  const auto row = rows_.find(id);
  if (row == rows_.end() || row->second->row.lease_token != token)
    co_return done{};
  counts_.leases_lost += answer->kept ? 0U : 1U;
  row->second->lease_ends = answer->kept ? ends : tick{};
  co_return done{};
}

task<result<done>> failover_supervisor_state::reclaim() {
  schedule(duty::reclaim, reclaim_period());
  schedule(duty::look, milliseconds{0});
  const auto reclaimed = co_await ask(peers_.outbox, config_.store_timeout,
                                      storage::reclaim_leases{clock_(), false});
  if (!reclaimed) {
    store_failed(reclaimed.error());
    co_return done{};
  }
  store_answered();
  if (reclaimed->rows > 0)
    wake();
  co_return done{};
}

task<result<done>> failover_supervisor_state::expire() {
  const storage::expire_messages command{clock_()};
  const auto expired = co_await ask(peers_.outbox, config_.store_timeout, command);
  if (expired) {
    counts_.expired += static_cast<std::uint64_t>(expired->rows);
    ended(expired->rows);
  } else {
    store_failed(expired.error());
  }
  const bool more = expired && expired->rows >= command.limit;
  schedule(duty::expire, more ? sweep_pause : config_.expire_period);
  co_return done{};
}

task<result<done>> failover_supervisor_state::remove_history() {
  const storage::remove_history command{clock_() - config_.retention};
  const auto removed = co_await ask(peers_.outbox, config_.store_timeout, command);
  if (!removed)
    store_failed(removed.error());
  const bool more = removed && removed->rows >= command.limit;
  schedule(duty::remove_history, more ? sweep_pause : config_.history_period);
  co_return done{};
}

} // namespace tinybook
