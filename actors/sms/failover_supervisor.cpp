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
      budgets_(providers_.size(), retry_budget{config_.budget}),
      region_refusals_(config_.region_memory),
      last_resort_lease_(config_.probe, self->clock().now()),
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
  return {
      [this](const get_status&) { return begin_journey(self_, "status", status()); },
      [this](const shut_down&) { stop(); },
      [this](const timer_fired& fired) { timer_due(fired); },
      [this](submit_sms& command) {
        return begin_journey(self_, "submit", submit(std::move(command)));
      },
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
      [this](const outbox_changed&) {
        may_wait_ = true;
        wake();
      },
      [this](const provider_admits& told) { admits(told); },
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

task<result<sms_accepted>> failover_supervisor_state::submit(submit_sms command) {
  if (stopping_)
    co_return errc::draining;
  if (config_.max_backlog > 0 && backlog_ >= config_.max_backlog)
    co_return failure{errc::overloaded, std::chrono::seconds{5}};
  ++submits_under_way_;
  const auto stored =
      co_await ask(peers_.outbox, config_.store_timeout, make_row(command));
  --submits_under_way_;
  if (stored) {
    ++counts_.submitted;
    ++backlog_;
    wake();
  }
  quit_if_drained();
  if (!stored)
    co_return stored.error();
  co_return sms_accepted{stored->id};
}

storage::submit_message failover_supervisor_state::make_row(submit_sms& command) {
  storage::submit_message out;
  auto& row = out.message;
  row.idempotency_key = random_id(*random_);
  row.client_ref = random_id(*random_);
  row.phone = std::move(command.key.phone);
  row.purpose = std::move(command.key.purpose);
  row.country_prefix = std::move(command.country_prefix);
  row.region = std::move(command.region);
  row.client_address = std::move(command.client_address);
  row.template_name = std::move(command.template_name);
  row.code = command.code;
  row.code_hash = std::move(command.code_hash);
  row.code_key_id = std::move(command.code_key_id);
  row.code_asker = std::move(command.code_asker);
  row.created_at = clock_();
  row.run_at = row.created_at;
  row.expires_at = command.expires_at;
  row.parent = command.parent;
  if (!command.tried_provider.empty()) {
    delivery_progress progress;
    progress.tried.push_back(std::move(command.tried_provider));
    row.progress = encode_progress(progress);
  }
  seal_content(row, {std::move(command.parameters), command.lang}, *keys_, *random_);
  out.code = std::move(command.code_state_to_store);
  return out;
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
  if (stopping_ && rows_.empty() && submits_under_way_ == 0 && !claiming_)
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
    start_journey(self_, "reclaim", started_ ? reclaim() : start());
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
