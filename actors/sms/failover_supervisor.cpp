#include "actors/sms/failover_supervisor.hpp"

#include "actors/sms/seconds.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

/// How long an answer to `get_status` waits for fresh counts of the store.
constexpr milliseconds status_patience{500};

} // namespace

auto failover_supervisor_state::make_behavior() -> actor_type::behavior_type {
  start_journey(self_, "load pause", operators_.load_pause());
  start_journey(self_, "start", claims_.reclaim());
  for (const auto& provider : context_.providers)
    tell(provider.sender, want_places{});
  return {
      [this](const get_status&) { return begin_journey(self_, "status", status()); },
      [this](const shut_down&) { stop(); },
      [this](const timer_fired& fired) { timer_due(fired); },
      [this](take_receipts& command) {
        return begin_journey(self_, "take reports", reports_.take(std::move(command)));
      },
      [this](const redrive_sms& command) {
        return begin_journey(self_, "redrive", operators_.redrive(command));
      },
      [this](const discard_sms& command) {
        return begin_journey(self_, "discard", operators_.discard(command));
      },
      [this](const force_provider& command) {
        return begin_journey(self_, "force", operators_.force(command));
      },
      [this](const list_providers&) {
        return begin_journey(self_, "list providers", list());
      },
      [this](const outbox_changed& told) { changed(told); },
      [this](const provider_places& places) { claims_.told_places(places); },
      [this](storage::list_messages& command) {
        return begin_journey(self_, "list messages",
                             ask_as_task(context_.peers.archive, config_.store_timeout,
                                         std::move(command)));
      },
      [this](const storage::find_message& command) {
        return begin_journey(
            self_, "find message",
            ask_as_task(context_.peers.archive, config_.store_timeout, command));
      },
  };
}

void failover_supervisor_state::changed(const outbox_changed& told) {
  context_.counts.submitted += static_cast<std::uint64_t>(told.added);
  claims_.added(told.added);
  if (told.added == 0)
    claims_.made_to_wait(); // Nobody knows of which rows it speaks; new ones are due.
  claims_.wake();
}

/// What is being sent is waited for, cut off at the bound, and written; what is only
/// claimed is given back. What has not come to that keeps its lease until it is
/// reclaimed.
void failover_supervisor_state::stop() {
  context_.stopping = true;
  context_.schedule(duty::cut_calls, config_.drain_bound);
  context_.schedule(duty::give_up, config_.drain_bound + config_.write_bound);
  claims_.quit_if_drained();
}

void failover_supervisor_state::timer_due(const timer_fired& fired) {
  if (!context_.alarm.fired(fired))
    return;
  context_.armed_for.reset();
  auto& due = context_.due;
  const auto at = now();
  if (due.take(duty::give_up, at)) {
    self_->quit(caf::exit_reason::user_shutdown);
    return;
  }
  if (due.take(duty::cut_calls, at))
    for (const auto& provider : context_.providers)
      tell(provider.sender, cut_calls{});
  if (due.take(duty::heartbeat, at))
    claims_.heartbeat();
  if (due.take(duty::reclaim, at))
    start_journey(self_, "reclaim", claims_.reclaim());
  if (due.take(duty::expire, at))
    start_journey(self_, "expire", claims_.expire());
  if (due.take(duty::remove_history, at))
    start_journey(self_, "remove history", claims_.remove_history());
  if (due.take(duty::early_reports, at))
    start_journey(self_, "early reports", reports_.join_early_reports());
  if (due.take(duty::load_pause, at))
    start_journey(self_, "load pause", operators_.load_pause());
  if (due.take(duty::look, at))
    claims_.look();
  if (due.take(duty::claim, at)) {
    context_.tell_pause();
    claims_.wake();
  }
  context_.arm();
}

task<result<actor_status>> failover_supervisor_state::status() {
  const auto depth =
      co_await ask(context_.peers.outbox, status_patience, storage::count_messages{});
  if (depth)
    claims_.counted(*depth);
  auto out = gauges();
  if (!depth)
    out.facts.push_back({"outbox_counts", "old: the store does not answer"});
  co_return out;
}

actor_status failover_supervisor_state::gauges() {
  const auto number = [](auto value) {
    return static_cast<double>(value);
  };
  const auto& rows = claims_.rows();
  const auto stage = [&](row_stage which) {
    return number(std::ranges::count_if(
        rows, [&](const auto& r) { return r.second->stage == which; }));
  };
  const auto wall = context_.clock();
  const auto since = [&](wall_time t) {
    return t == wall_time{} ? 0.0 : std::max(0.0, as_seconds(wall - t));
  };
  const auto next_timer = context_.due.next();
  const auto& depth = claims_.depth();
  const auto& counts = context_.counts;
  const auto& reports = reports_.seen();
  const auto unwritten =
      std::ranges::count_if(rows, [](const auto& r) { return r.second->repeats_write; });
  actor_status out;
  out.gauges = {
      {"ready", number(depth.ready),
       number(config_.max_backlog > 0 ? config_.max_backlog : -1)},
      {"leased", number(depth.leased)},
      {"delivered", number(depth.delivered)},
      {"expired", number(depth.expired)},
      {"dead", number(depth.dead)},
      {"oldest_ready_age_s", since(depth.oldest_ready)},
      {"next_run_in_s",
       depth.next_run_at > wall ? as_seconds(depth.next_run_at - wall) : 0},
      {"in_flight", number(rows.size()), number(config_.claims.max_in_flight)},
      {"checking", stage(row_stage::checking)},
      {"sending", stage(row_stage::sending)},
      {"writing", stage(row_stage::writing)},
      {"writes_to_repeat", number(unwritten)},
      {"next_timer_in_s",
       next_timer ? std::max(0.0, as_seconds(*next_timer - now())) : 0},
      {"submitted", number(counts.submitted)},
      {"claims", number(counts.claims)},
      {"claimed", number(counts.claimed)},
      {"tries", number(counts.tries)},
      {"rescheduled", number(counts.rescheduled)},
      {"ended_delivered", number(counts.delivered)},
      {"ended_expired", number(counts.expired)},
      {"ended_dead", number(counts.dead)},
      {"lease_too_short", number(counts.lease_too_short)},
      {"leases_lost", number(counts.leases_lost)},
      {"store_failures", number(counts.store_failures)},
      {"not_admitted", number(counts.not_admitted)},
      {"nobody_could_send", number(context_.alerts.nobody_could_send())},
      {"tries_per_message", counts.times.tries_per_message()},
      {"delivered_within_1s", number(counts.times.within(0))},
      {"delivered_within_5s", number(counts.times.within(1))},
      {"delivered_within_10s", number(counts.times.within(2))},
      {"delivered_within_30s", number(counts.times.within(3))},
      {"receipts_good", number(reports.good)},
      {"receipts_bad", number(reports.bad)},
      {"receipts_duplicate", number(reports.duplicate)},
      {"receipts_unknown", number(reports.unknown)},
      {"receipts_not_understood", number(reports.not_understood)},
      {"receipts_joined_late", number(reports.joined_late)},
      {"resent", number(counts.resent)},
      {"redriven", number(counts.redriven)},
      {"discarded", number(counts.discarded)},
  };
  out.facts = {{"state", context_.stopping                   ? "stopping"
                         : !claims_.plan().is_open()         ? "waiting for the store"
                         : context_.paused()                 ? "paused"
                         : claims_.plan().store_fails(now()) ? "store fails"
                                                             : "running"},
               {"paused_by", context_.pause.word().forced_by},
               {"pause_reason", context_.pause.word().reason}};
  auto& roster = context_.roster;
  for (std::size_t i = 0; i < roster.size(); ++i) {
    const auto wait = roster.wait(i, now());
    out.gauges.push_back(
        {"places_free", number(roster.free(i)), -1, {{"provider", roster.name(i)}}});
    out.gauges.push_back({"retry_budget_left",
                          roster.budget(i).left(now()),
                          -1,
                          {{"provider", roster.name(i)}}});
    out.facts.push_back({"provider." + roster.name(i),
                         wait.count() == 0
                             ? "admits"
                             : "refuses for " + std::to_string(wait.count()) + " ms"});
  }
  for (const auto& [provider, region, until] : roster.regions().all(now()))
    out.facts.push_back(
        {"not_here." + roster.name(provider) + "." + region,
         "until " + format_rfc3339(wall + ceil<milliseconds>(until - now()))});
  self_.running->add_gauges(out);
  return out;
}

task<result<provider_table>> failover_supervisor_state::list() {
  std::vector<task<result<provider_row>>> rows;
  for (const auto& link : context_.providers)
    rows.push_back(ask_as_task(link.sender, status_patience, describe_provider{}));
  provider_table table;
  for (auto& row : co_await when_all(std::move(rows))) {
    const auto& name = context_.providers[table.rows.size()].name;
    if (row)
      table.rows.push_back(std::move(*row));
    else
      table.rows.emplace_back().name = name;
  }
  for (const auto& [provider, region, until] : context_.roster.regions().all(now()))
    table.rows[provider].regions.push_back(
        {region, context_.clock() + ceil<milliseconds>(until - now())});
  co_return table;
}

} // namespace tinybook
