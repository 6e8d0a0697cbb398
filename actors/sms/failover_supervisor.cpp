#include "actors/sms/failover_supervisor.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

std::vector<roster_entry> roster_of(const std::vector<provider_link>& providers) {
  std::vector<roster_entry> out;
  for (const auto& p : providers)
    out.push_back({p.name, p.weight, p.routes});
  return out;
}

} // namespace

failover_supervisor_state::failover_supervisor_state(
    self_pointer<actor_type> self, failover_supervisor_config config,
    failover_peers peers, std::vector<provider_link> providers,
    std::shared_ptr<const keyring> keys, wall_clock clock,
    std::shared_ptr<random_source> random)
    : self_(self),
      config_(std::move(config)),
      peers_(std::move(peers)),
      providers_(std::move(providers)),
      keys_(std::move(keys)),
      clock_(std::move(clock)),
      random_(std::move(random)),
      roster_(roster_of(providers_)),
      timer_(self, 1),
      gate_(config_.claims),
      outbox_(config_.max_backlog),
      asked_for_places_(providers_.size()),
      budgets_(providers_.size(), retry_budget{config_.budget}),
      region_refusals_(config_.region_memory),
      last_resort_(config_.shared, config_.probe, self->clock().now()),
      instance_(config_.shared ? random_id(*random_, 6) : ""),
      alerts_(self.meter) {
  // Alone, nobody knows of pauses from before: what providers say from now on counts.
  if (!config_.shared)
    for (std::size_t i = 0; i < providers_.size(); ++i)
      roster_.lifted(i, clock_());
}

auto failover_supervisor_state::make_behavior() -> actor_type::behavior_type {
  start_journey(self_, "load pause", load_pause());
  start_journey(self_, "start", start());
  for (const auto& provider : providers_)
    tell(provider.sender, want_places{});
  return {
      [this](const get_status&) { return begin_journey(self_, "status", status()); },
      [this](const shut_down&) { stop(); },
      [this](const timer_fired& fired) { timer_due(fired); },
      [this](take_receipts& command) {
        return begin_journey(self_, "take reports", take_reports(std::move(command)));
      },
      [this](const redrive_sms& command) {
        return begin_journey(self_, "redrive", redrive(command));
      },
      [this](const discard_sms& command) {
        return begin_journey(self_, "discard", discard(command));
      },
      [this](const force_provider& command) {
        return begin_journey(self_, "force", force(command));
      },
      [this](const list_providers&) {
        return begin_journey(self_, "list providers", list());
      },
      [this](const outbox_changed& told) { changed(told); },
      [this](const provider_places& places) { told_places(places); },
      [this](storage::list_messages& command) {
        return begin_journey(
            self_, "list messages",
            ask_as_task(peers_.archive, config_.store_timeout, std::move(command)));
      },
      [this](const storage::find_message& command) {
        return begin_journey(self_, "find message",
                             ask_as_task(peers_.archive, config_.store_timeout, command));
      },
  };
}

void failover_supervisor_state::changed(const outbox_changed& told) {
  counts_.submitted += static_cast<std::uint64_t>(told.added);
  added(told.added);
  if (told.added == 0)
    outbox_.made_to_wait(); // Nobody knows of which rows it speaks; new ones are due.
  wake();
}

/// Again with each message while it is full: who makes them may have started anew.
void failover_supervisor_state::tell_if_full() {
  const bool full = outbox_.full();
  if (full || told_full_)
    tell(peers_.resender, outbox_full{full});
  told_full_ = full;
}

void failover_supervisor_state::added(std::int64_t rows) {
  outbox_.added(rows);
  tell_if_full();
}

void failover_supervisor_state::ended(std::int64_t rows) {
  outbox_.ended(rows);
  tell_if_full();
}

void failover_supervisor_state::counted(const storage::outbox_depth& depth) {
  outbox_.counted(depth);
  tell_if_full();
}

/// What is being sent is waited for, cut off at the bound, and written; what is only
/// claimed is given back. What has not come to that keeps its lease until it is
/// reclaimed.
void failover_supervisor_state::stop() {
  stopping_ = true;
  schedule(duty::cut_calls, config_.drain_bound);
  schedule(duty::give_up, config_.drain_bound + config_.write_bound);
  quit_if_drained();
}

void failover_supervisor_state::quit_if_drained() {
  if (stopping_ && rows_.empty() && !gate_.claiming())
    self_->quit(caf::exit_reason::user_shutdown);
}

void failover_supervisor_state::timer_due(const timer_fired& fired) {
  if (!timer_.fired(fired))
    return;
  armed_for_.reset();
  const auto at = now();
  if (agenda_.take(duty::give_up, at)) {
    self_->quit(caf::exit_reason::user_shutdown);
    return;
  }
  if (agenda_.take(duty::cut_calls, at))
    for (const auto& provider : providers_)
      tell(provider.sender, cut_calls{});
  if (agenda_.take(duty::heartbeat, at))
    heartbeat();
  if (agenda_.take(duty::reclaim, at))
    start_journey(self_, "reclaim", gate_.is_open() ? reclaim() : start());
  if (agenda_.take(duty::expire, at))
    start_journey(self_, "expire", expire());
  if (agenda_.take(duty::remove_history, at))
    start_journey(self_, "remove history", remove_history());
  if (agenda_.take(duty::early_reports, at))
    start_journey(self_, "early reports", join_early_reports());
  if (agenda_.take(duty::load_pause, at))
    start_journey(self_, "load pause", load_pause());
  if (agenda_.take(duty::look, at) && !looking_ && !stopping_)
    start_journey(self_, "look", look());
  if (agenda_.take(duty::claim, at)) {
    tell_pause();
    wake();
  }
  arm();
}

void failover_supervisor_state::schedule(duty what, milliseconds after) {
  agenda_.add(what, now() + after);
  arm();
}

/// One timer for all duties; it is armed anew only for an earlier moment.
void failover_supervisor_state::arm() {
  const auto next = agenda_.next();
  if (!next || (armed_for_ && *armed_for_ <= *next))
    return;
  armed_for_ = next;
  timer_.arm(std::max(ceil<milliseconds>(*next - now()), milliseconds{0}));
}

} // namespace tinybook
