#include "actors/sms/failover_supervisor.hpp"
#include "actors/sms/seconds.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::milliseconds;

namespace {

/// How long an answer to `get_status` waits for fresh counts of the store.
constexpr milliseconds status_patience{500};

} // namespace

task<result<actor_status>> failover_supervisor_state::status() {
  const auto depth =
      co_await ask(peers_.outbox, status_patience, storage::count_messages{});
  if (depth)
    counted(*depth);
  auto out = gauges();
  if (!depth)
    out.facts.push_back({"outbox_counts", "old: the store does not answer"});
  co_return out;
}

actor_status failover_supervisor_state::gauges() {
  const auto number = [](auto value) {
    return static_cast<double>(value);
  };
  const auto stage = [&](row_stage which) {
    return number(std::ranges::count_if(
        rows_, [&](const auto& r) { return r.second->stage == which; }));
  };
  const auto wall = clock_();
  const auto since = [&](wall_time t) {
    return t == wall_time{} ? 0.0 : std::max(0.0, as_seconds(wall - t));
  };
  const auto next_timer = agenda_.next();
  const auto& depth = outbox_.depth();
  const auto& reports = reports_.seen();
  const auto unwritten =
      std::ranges::count_if(rows_, [](const auto& r) { return r.second->repeats_write; });
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
      {"in_flight", number(rows_.size()), number(config_.claims.max_in_flight)},
      {"checking", stage(row_stage::checking)},
      {"sending", stage(row_stage::sending)},
      {"writing", stage(row_stage::writing)},
      {"writes_to_repeat", number(unwritten)},
      {"next_timer_in_s",
       next_timer ? std::max(0.0, as_seconds(*next_timer - now())) : 0},
      {"submitted", number(counts_.submitted)},
      {"claims", number(counts_.claims)},
      {"claimed", number(counts_.claimed)},
      {"tries", number(counts_.tries)},
      {"rescheduled", number(counts_.rescheduled)},
      {"ended_delivered", number(counts_.delivered)},
      {"ended_expired", number(counts_.expired)},
      {"ended_dead", number(counts_.dead)},
      {"lease_too_short", number(counts_.lease_too_short)},
      {"leases_lost", number(counts_.leases_lost)},
      {"store_failures", number(counts_.store_failures)},
      {"not_admitted", number(counts_.not_admitted)},
      {"nobody_could_send", number(alerts_.nobody_could_send())},
      {"tries_per_message", times_.tries_per_message()},
      {"delivered_within_1s", number(times_.within(0))},
      {"delivered_within_5s", number(times_.within(1))},
      {"delivered_within_10s", number(times_.within(2))},
      {"delivered_within_30s", number(times_.within(3))},
      {"receipts_good", number(reports.good)},
      {"receipts_bad", number(reports.bad)},
      {"receipts_duplicate", number(reports.duplicate)},
      {"receipts_unknown", number(reports.unknown)},
      {"receipts_not_understood", number(reports.not_understood)},
      {"receipts_joined_late", number(reports.joined_late)},
      {"resent", number(counts_.resent)},
      {"redriven", number(counts_.redriven)},
      {"discarded", number(counts_.discarded)},
  };
  out.facts = {{"state", stopping_                  ? "stopping"
                         : !gate_.is_open()         ? "waiting for the store"
                         : paused()                 ? "paused"
                         : gate_.store_fails(now()) ? "store fails"
                                                    : "running"},
               {"paused_by", pause_.word().forced_by},
               {"pause_reason", pause_.word().reason}};
  for (std::size_t i = 0; i < roster_.size(); ++i) {
    const auto wait = roster_.wait(i, now());
    out.gauges.push_back(
        {"places_free", number(roster_.free(i)), -1, {{"provider", roster_.name(i)}}});
    out.gauges.push_back({"retry_budget_left",
                          budgets_[i].left(now()),
                          -1,
                          {{"provider", roster_.name(i)}}});
    out.facts.push_back({"provider." + roster_.name(i),
                         wait.count() == 0
                             ? "admits"
                             : "refuses for " + std::to_string(wait.count()) + " ms"});
  }
  for (const auto& [provider, region, until] : region_refusals_.all(now()))
    out.facts.push_back(
        {"not_here." + roster_.name(provider) + "." + region,
         "until "
             + format_rfc3339(wall + std::chrono::ceil<milliseconds>(until - now()))});
  self_.running->add_gauges(out);
  return out;
}

task<result<provider_table>> failover_supervisor_state::list() {
  std::vector<task<result<provider_row>>> rows;
  for (const auto& link : providers_)
    rows.push_back(ask_as_task(link.sender, status_patience, describe_provider{}));
  provider_table table;
  for (auto& row : co_await when_all(std::move(rows))) {
    const auto& name = providers_[table.rows.size()].name;
    if (row)
      table.rows.push_back(std::move(*row));
    else
      table.rows.emplace_back().name = name;
  }
  add_regions(table);
  co_return table;
}

void failover_supervisor_state::add_regions(provider_table& to) {
  for (const auto& [provider, region, until] : region_refusals_.all(now()))
    to.rows[provider].regions.push_back(
        {region, clock_() + std::chrono::ceil<milliseconds>(until - now())});
}

} // namespace tinybook
