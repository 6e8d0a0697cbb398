#include "actors/sms/outbox_claims.hpp"

#include "actors/codes/code_rules.hpp"
#include "actors/sms/message_delivery.hpp"
#include "storage/support/kill_point.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

/// How often the store is asked at most when its next row is due.
constexpr milliseconds look_spacing{200};
/// Between two portions of a sweep that found more than one portion to do.
constexpr milliseconds sweep_pause{20};
constexpr auto outbox_trouble = "sms-outbox";

/// By the states that the claim has read; nothing where it has read none.
std::optional<still_wanted> wanted_by(const std::vector<storage::keyed_code_state>& codes,
                                      const storage::sms_message& row, wall_time now) {
  const auto same = std::ranges::find_if(codes, [&](const auto& one) {
    return one.key.phone == row.phone && one.key.purpose == row.purpose;
  });
  if (same == codes.end())
    return std::nullopt;
  return wanted(same->state, row.code, now) ? still_wanted::wanted : still_wanted::gone;
}

} // namespace

outbox_claims::outbox_claims(failover_context& context)
    : context_(context),
      plan_(config_.claims, config_.rules.recheck),
      view_(config_.max_backlog),
      outcomes_(context.self, context.peers.outbox, config_.store_timeout,
                [this](const failure* why) {
                  if (why != nullptr)
                    store_failed(*why);
                  else
                    store_answered();
                }),
      last_resort_(config_.shared, config_.probe, now()),
      instance_(config_.shared ? random_id(*context.random, 6) : "") {
  // Alone, nobody knows of pauses from before: what providers say from now on counts.
  if (!config_.shared)
    for (std::size_t i = 0; i < context.providers.size(); ++i)
      context.roster.lifted(i, context.clock());
}

void outbox_claims::wake() {
  plan_.want();
  go_on();
}

void outbox_claims::go_on() {
  if (!context_.may_send())
    return; // The end of a pause comes back here.
  auto& roster = context_.roster;
  const auto next =
      plan_.next(rows_.size(), last_resort_, roster, now(), *context_.random);
  const auto wanted = std::min(next.wanted, std::max<std::int64_t>(view_.backlog(), 1));
  for (const auto provider : next.passed_over)
    if (roster.ask(provider, config_.rules.recheck, now()))
      tell(context_.providers[provider].sender, want_places{wanted});
  if (next.rows == 0 && next.wanted > 0)
    tell_if_none_can_send(next.passed_over);
  if (next.again_at)
    context_.schedule_at(duty::claim, *next.again_at);
  if (next.last_resort)
    start_journey(context_.self, "claim last resort", claim_last_resort());
  else if (next.rows > 0)
    start_journey(context_.self, "claim", claim(next.provider, next.rows));
}

/// With so many places held: everything else stays in the store.
task<result<done>> outbox_claims::claim(std::size_t provider, std::int64_t held) {
  ++context_.counts.claims;
  const auto lease_ends = now() + config_.lease;
  auto claimed = co_await context_.ask_outbox(storage::claim_messages{
      context_.clock(), config_.lease, held, config_.codes_in_store});
  plan_.claim_ends();
  if (claimed) {
    store_answered();
    take(provider, held, std::move(*claimed), lease_ends);
  } else {
    give_back(provider, held);
    store_failed(claimed.error());
    wake();
  }
  quit_if_drained();
  co_return done{};
}

/// Asks the senders in turn until one lets a message through.
task<result<done>> outbox_claims::claim_last_resort() {
  if (last_resort_.claim_is_due(now()))
    start_journey(context_.self, "claim last resort lease", claim_last_resort_lease());
  if (last_resort_.ours(now()))
    for (const auto provider : context_.roster.draw_order(*context_.random)) {
      const auto answer = co_await ask(context_.providers[provider].sender,
                                       config_.sender_grace, ask_last_resort{});
      if (context_.stopping || last_resort_.under_way() || !context_.roster.all_open())
        break;
      if (answer && answer->granted) {
        last_resort_.begins(provider);
        context_.roster.places(provider).hold(1);
        co_return co_await claim(provider, 1);
      }
    }
  plan_.claim_ends();
  plan_.want();
  context_.schedule_at(duty::claim,
                       context_.roster.next_admission(config_.rules.recheck, now()));
  quit_if_drained();
  co_return done{};
}

void outbox_claims::told_places(const provider_places& places) {
  const auto provider = context_.roster.find(places.provider);
  if (!provider)
    return;
  context_.roster.told(*provider, places, now());
  if (places.lifted)
    context_.roster.lifted(*provider, context_.clock());
  if (places.free > 0)
    context_.alerts.can_send(places.provider);
  if (places.lifted)
    wake();
  else if (context_.roster.admits(*provider, now()))
    go_on();
}

void outbox_claims::tell_if_none_can_send(const std::vector<std::size_t>& providers) {
  std::set<std::string> names;
  std::string why;
  for (const auto i : providers) {
    const auto refused = context_.roster.cannot_send(i, now());
    if (!refused)
      return;
    names.insert(context_.roster.name(i));
    why += (why.empty() ? "" : ", ") + context_.roster.name(i)
           + (*refused == refusal::open ? " has an open circuit" : " asked for a pause");
  }
  context_.alerts.nobody_can_send(names, why, context_.clock(), now());
}

task<result<done>> outbox_claims::claim_last_resort_lease() {
  auto& lease = last_resort_.lease();
  lease.claim_sent(now());
  const auto claim = co_await context_.ask_states(
      storage::claim_probe{storage::every_provider, config_.replica + "/" + instance_,
                           context_.clock(), config_.probe.lease});
  if (!claim)
    lease.claim_failed(now());
  else if (claim->granted)
    lease.granted(now());
  else
    lease.refused(now());
  if (last_resort_.ours(now()))
    go_on();
  co_return done{};
}

void outbox_claims::take(std::size_t provider, std::int64_t held,
                         storage::message_list claimed, tick lease_ends) {
  const auto count = static_cast<std::int64_t>(claimed.messages.size());
  context_.counts.claimed += claimed.messages.size();
  if (count > 0)
    kill_point("after_claim");
  give_back(provider, held - count);
  for (auto& row : claimed.messages) {
    auto wanted = wanted_by(claimed.codes, row, context_.clock());
    take_row(provider, std::move(row), lease_ends, wanted);
  }
  // The next claim is on its way while these are being sent.
  if (count >= held)
    wake();
  else if (view_.may_wait())
    context_.schedule(duty::look, look_spacing);
  if (count > 0)
    context_.schedule(duty::heartbeat, config_.lease / 3);
}

void outbox_claims::take_row(std::size_t provider, storage::sms_message row,
                             tick lease_ends, std::optional<still_wanted> wanted) {
  if (const auto known = rows_.find(row.id); known != rows_.end()) {
    // Its lease ran out while we worked on it, and nobody else has taken it: go on under
    // the new one.
    auto& present = *known->second;
    present.message.lease_token = row.lease_token;
    present.message.lease_until = row.lease_until;
    present.lease_ends = lease_ends;
    give_back(provider, 1);
    return;
  }
  row_in_flight fresh;
  fresh.progress = decode_progress(row.progress);
  fresh.message = std::move(row);
  fresh.lease_ends = lease_ends;
  fresh.held = provider;
  fresh.last_resort = last_resort_.is_at(provider);
  if (wanted) {
    fresh.wanted = *wanted;
    fresh.wanted_as_of = lease_ends - config_.lease;
  }
  context_.self.running->start("deliver", no_deadline,
                               deliver(&context_, this, std::move(fresh)),
                               [this](const result<done>&) {
                                 quit_if_drained();
                                 go_on();
                               });
}

void outbox_claims::strike(row_in_flight& row) {
  leave_place(row);
  rows_.erase(row.message.id);
}

void outbox_claims::hold_place(row_in_flight& row, std::size_t provider) {
  if (row.held == provider)
    return;
  leave_place(row);
  context_.roster.places(provider).hold(1);
  row.held = provider;
}

void outbox_claims::leave_place(row_in_flight& row) {
  if (row.held)
    give_back(*std::exchange(row.held, std::nullopt), 1);
  row.last_resort = false;
}

void outbox_claims::give_back(std::size_t provider, std::int64_t count) {
  if (count <= 0)
    return;
  if (last_resort_.is_at(provider))
    last_resort_.ends();
  context_.roster.places(provider).let_go(count);
}

void outbox_claims::look() {
  if (!looking_ && !context_.stopping)
    start_journey(context_.self, "look", count_waiting());
}

task<result<done>> outbox_claims::count_waiting() {
  looking_ = true;
  const auto mark = view_.mark();
  const auto depth = co_await context_.ask_outbox(storage::count_messages{});
  looking_ = false;
  if (!depth) {
    store_failed(depth.error());
    context_.schedule(duty::look, config_.poll_period);
    co_return done{};
  }
  counted(*depth);
  if (depth->ready == 0) {
    view_.none_waits(mark);
    co_return done{};
  }
  const auto due = ceil<milliseconds>(depth->next_run_at - context_.clock());
  context_.schedule(duty::claim, std::clamp(due, milliseconds{0}, config_.poll_period));
  co_return done{};
}

void outbox_claims::heartbeat() {
  if (rows_.empty())
    return;
  context_.schedule(duty::heartbeat, config_.lease / 3);
  start_journey(context_.self, "extend leases", extend_leases());
}

task<result<done>> outbox_claims::extend_leases() {
  const auto ends = now() + config_.lease;
  storage::extend_leases command{{}, context_.clock(), config_.lease};
  for (const auto& [id, row] : rows_)
    command.leases.push_back({id, row->message.lease_token});
  const auto answer = co_await context_.ask_outbox(command);
  if (!answer) {
    store_failed(answer.error());
    co_return done{};
  }
  for (std::size_t i = 0; i < command.leases.size(); ++i) {
    const auto& [id, token] = command.leases[i];
    const auto row = rows_.find(id);
    if (row == rows_.end() || row->second->message.lease_token != token)
      continue;
    const bool kept = (*answer)[i].kept;
    context_.counts.leases_lost += kept ? 0U : 1U;
    row->second->lease_ends = kept ? ends : tick{};
  }
  co_return done{};
}

task<result<done>> outbox_claims::reclaim() {
  // Alone, at the start, every lease is an old one of ours.
  const bool starts = !plan_.is_open();
  if (!starts) {
    context_.schedule(duty::reclaim, reclaim_period());
    context_.schedule(duty::look, milliseconds{0});
  }
  const auto reclaimed = co_await context_.ask_outbox(
      storage::reclaim_leases{context_.clock(), starts && !config_.shared});
  if (!reclaimed) {
    store_failed(reclaimed.error());
    if (starts)
      context_.schedule_at(duty::reclaim, plan_.paused_until());
    co_return done{};
  }
  store_answered();
  if (starts) {
    plan_.open();
    context_.schedule(duty::reclaim, reclaim_period());
    context_.schedule(duty::expire, config_.expire_period);
    context_.schedule(
        duty::remove_history,
        std::min(config_.history_period, milliseconds{std::chrono::minutes{1}}));
    context_.schedule(duty::look, milliseconds{0});
    context_.schedule(duty::early_reports, milliseconds{0});
  }
  if (starts || reclaimed->rows > 0)
    wake();
  co_return done{};
}

task<result<done>> outbox_claims::expire() {
  const storage::expire_messages command{context_.clock()};
  const auto expired = co_await context_.ask_outbox(command);
  if (expired) {
    context_.counts.expired += static_cast<std::uint64_t>(expired->rows);
    ended(expired->rows);
  } else {
    store_failed(expired.error());
  }
  const bool more = expired && expired->rows >= command.limit;
  context_.schedule(duty::expire, more ? sweep_pause : config_.expire_period);
  co_return done{};
}

task<result<done>> outbox_claims::remove_history() {
  const storage::remove_history command{context_.clock() - config_.retention};
  const auto removed = co_await context_.ask_outbox(command);
  if (!removed)
    store_failed(removed.error());
  const bool more = removed && removed->rows >= command.limit;
  context_.schedule(duty::remove_history, more ? sweep_pause : config_.history_period);
  co_return done{};
}

/// Again with each message while it is full: who makes them may have started anew.
void outbox_claims::tell_if_full() {
  const bool full = view_.full();
  if (full || told_full_)
    tell(context_.peers.resender, outbox_full{full});
  told_full_ = full;
}

void outbox_claims::added(std::int64_t rows) {
  view_.added(rows);
  tell_if_full();
}

void outbox_claims::counted(const storage::outbox_depth& depth) {
  view_.counted(depth);
  tell_if_full();
}

void outbox_claims::made_to_wait(wall_time until) {
  view_.made_to_wait();
  const auto left = ceil<milliseconds>(until - context_.clock());
  context_.schedule(duty::claim, std::clamp(left, milliseconds{0}, config_.poll_period));
}

void outbox_claims::store_failed(const failure& why) {
  ++context_.counts.store_failures;
  const auto text = "outbox: " + std::string{describe(why.code).name} + " " + why.detail;
  context_.note_error(text);
  context_.self.meter->health.begins(outbox_trouble, health_level::failing, text,
                                     context_.clock());
  plan_.store_failed(now(), *context_.random);
}

void outbox_claims::store_answered() {
  if (!plan_.store_answered())
    return;
  context_.self.meter->health.ends(outbox_trouble);
  context_.self.meter->health.error_ends(context_.clock());
}

void outbox_claims::quit_if_drained() {
  if (context_.stopping && rows_.empty() && !plan_.claiming())
    context_.self->quit(caf::exit_reason::user_shutdown);
}

} // namespace tinybook
