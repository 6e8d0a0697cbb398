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
  const auto ends = now() + config_.lease;
  for (const auto& [id, r] : rows_) {
    ask(self_, peers_.outbox, config_.store_timeout,
        storage::extend_lease{id, r.row.lease_token, clock_(), config_.lease},
        [this, id, serial = r.serial, token = r.row.lease_token,
         ends](const result<storage::lease_kept>& answer) {
          auto* row = find(id, serial);
          if (!answer) {
            store_failed(answer.error());
          } else if (row != nullptr && row->row.lease_token == token) {
            if (!answer->kept)
              ++counts_.leases_lost;
            row->lease_ends = answer->kept ? ends : tick{};
          }
        });
  }
}

void failover_supervisor_state::reclaim() {
  schedule(duty::reclaim, reclaim_period());
  schedule(duty::look, milliseconds{0});
  ask(self_, peers_.outbox, config_.store_timeout,
      storage::reclaim_leases{clock_(), false},
      [this](const result<storage::changed_count>& reclaimed) {
        if (!reclaimed)
          return store_failed(reclaimed.error());
        store_answered();
        if (reclaimed->rows > 0)
          wake();
      });
}

void failover_supervisor_state::expire() {
  const storage::expire_messages command{clock_()};
  ask(self_, peers_.outbox, config_.store_timeout, command,
      [this, limit = command.limit](const result<storage::changed_count>& expired) {
        if (!expired) {
          store_failed(expired.error());
        } else {
          counts_.expired += static_cast<std::uint64_t>(expired->rows);
          backlog_ -= expired->rows;
        }
        const bool more = expired && expired->rows >= limit;
        schedule(duty::expire, more ? sweep_pause : config_.expire_period);
      });
}

void failover_supervisor_state::remove_history() {
  const storage::remove_history command{clock_() - config_.retention};
  ask(self_, peers_.outbox, config_.store_timeout, command,
      [this, limit = command.limit](const result<storage::changed_count>& removed) {
        if (!removed)
          store_failed(removed.error());
        const bool more = removed && removed->rows >= limit;
        schedule(duty::remove_history, more ? sweep_pause : config_.history_period);
      });
}

} // namespace tinybook
