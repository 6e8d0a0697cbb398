#include "actors/codes/code_rules.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "storage/support/kill_point.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

/// How often the store is asked at most when its next row is due.
constexpr milliseconds look_spacing{200};

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

task<result<done>> failover_supervisor_state::start() {
  const auto reclaimed = co_await ask(peers_.outbox, config_.store_timeout,
                                      storage::reclaim_leases{clock_(), !config_.shared});
  if (!reclaimed) {
    store_failed(reclaimed.error());
    agenda_.add(duty::reclaim, gate_.paused_until());
    arm();
    co_return done{};
  }
  gate_.open();
  store_answered();
  schedule(duty::reclaim, reclaim_period());
  schedule(duty::expire, config_.expire_period);
  schedule(duty::remove_history,
           std::min(config_.history_period, milliseconds{std::chrono::minutes{1}}));
  schedule(duty::look, milliseconds{0});
  schedule(duty::early_reports, milliseconds{0});
  wake();
  co_return done{};
}

void failover_supervisor_state::wake() {
  gate_.want();
  maybe_claim();
}

void failover_supervisor_state::maybe_claim() {
  if (stopping_ || paused())
    return; // The end of a pause comes back here.
  const auto [rows, again_at] = gate_.look(rows_.size(), now());
  if (again_at) {
    agenda_.add(duty::claim, *again_at);
    arm();
  }
  if (rows <= 0)
    return;
  if (const auto provider = find_places(rows)) {
    const auto held = std::min(rows, roster_.free(*provider));
    roster_.places(*provider).hold(held);
    gate_.claim_begins();
    start_journey(self_, "claim", claim(*provider, held));
  } else if (!last_resort_.under_way() && roster_.all_open()) {
    gate_.claim_begins();
    start_journey(self_, "claim last resort", claim_last_resort());
  } else {
    nobody_admits();
  }
}

/// The first provider, in the order drawn, that has a place. Those before it are asked:
/// none is passed over for good because of what it told once.
std::optional<std::size_t> failover_supervisor_state::find_places(std::int64_t wanted) {
  const auto order = roster_.draw_order(*random_);
  for (const auto provider : order) {
    if (roster_.admits(provider, now()))
      return provider;
    ask_for_places(provider, wanted);
  }
  tell_if_none_can_send(order);
  return std::nullopt;
}

void failover_supervisor_state::ask_for_places(std::size_t provider,
                                               std::int64_t wanted) {
  auto& asked = asked_for_places_[provider];
  if (asked && now() < *asked + config_.rules.recheck)
    return;
  asked = now();
  tell(providers_[provider].sender,
       want_places{std::min(wanted, std::max<std::int64_t>(outbox_.backlog(), 1))});
}

/// The rows stay where they are, and no attempt is counted.
void failover_supervisor_state::nobody_admits() {
  const auto recheck = now() + config_.rules.recheck;
  agenda_.add(duty::claim,
              std::min(roster_.next_admission(now()).value_or(recheck), recheck));
  arm();
}

/// With so many places held: everything else stays in the store.
task<result<done>> failover_supervisor_state::claim(std::size_t provider,
                                                    std::int64_t held) {
  ++counts_.claims;
  const auto lease_ends = now() + config_.lease;
  auto claimed = co_await ask(
      peers_.outbox, config_.store_timeout,
      storage::claim_messages{clock_(), config_.lease, held, config_.codes_in_store});
  gate_.claim_ends();
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
task<result<done>> failover_supervisor_state::claim_last_resort() {
  if (last_resort_.claim_is_due(now()))
    start_journey(self_, "claim last resort lease", claim_last_resort_lease());
  if (last_resort_.ours(now()))
    for (const auto provider : roster_.draw_order(*random_)) {
      const auto answer = co_await ask(providers_[provider].sender, config_.sender_grace,
                                       ask_last_resort{});
      if (stopping_ || last_resort_.under_way() || !roster_.all_open())
        break;
      if (answer && answer->granted) {
        last_resort_.begins(provider);
        roster_.places(provider).hold(1);
        co_return co_await claim(provider, 1);
      }
    }
  gate_.claim_ends();
  gate_.want();
  nobody_admits();
  quit_if_drained();
  co_return done{};
}

void failover_supervisor_state::told_places(const provider_places& places) {
  const auto provider = roster_.find(places.provider);
  if (!provider)
    return;
  asked_for_places_[*provider].reset();
  roster_.told(*provider, places, now());
  if (places.lifted)
    roster_.lifted(*provider, clock_());
  if (places.free > 0)
    alerts_.can_send(places.provider);
  if (places.lifted)
    wake();
  else if (roster_.admits(*provider, now()))
    maybe_claim();
}

/// Of those that may send, none can, and not only for want of places: messages wait.
void failover_supervisor_state::tell_if_none_can_send(
    const std::vector<std::size_t>& providers) {
  std::set<std::string> names;
  std::string why;
  for (const auto i : providers) {
    const auto refused = roster_.cannot_send(i, now());
    if (!refused)
      return;
    names.insert(roster_.name(i));
    why += (why.empty() ? "" : ", ") + roster_.name(i)
           + (*refused == refusal::open ? " has an open circuit" : " asked for a pause");
  }
  alerts_.nobody_can_send(names, why, clock_(), now());
}

task<result<done>> failover_supervisor_state::claim_last_resort_lease() {
  auto& lease = last_resort_.lease();
  lease.claim_sent(now());
  const auto claim = co_await ask(peers_.states, config_.store_timeout,
                                  storage::claim_probe{storage::every_provider,
                                                       config_.replica + "/" + instance_,
                                                       clock_(), config_.probe.lease});
  if (!claim)
    lease.claim_failed(now());
  else if (claim->granted)
    lease.granted(now());
  else
    lease.refused(now());
  if (last_resort_.ours(now()))
    maybe_claim();
  co_return done{};
}

void failover_supervisor_state::take(std::size_t provider, std::int64_t held,
                                     storage::message_list claimed, tick lease_ends) {
  const auto count = static_cast<std::int64_t>(claimed.messages.size());
  counts_.claimed += claimed.messages.size();
  if (count > 0)
    kill_point("after_claim");
  give_back(provider, held - count);
  for (auto& row : claimed.messages) {
    auto wanted = wanted_by(claimed.codes, row, clock_());
    take_row(provider, std::move(row), lease_ends, wanted);
  }
  // The next claim is on its way while these are being sent.
  if (count >= held)
    wake();
  else if (outbox_.may_wait())
    schedule(duty::look, look_spacing);
  if (count > 0)
    schedule(duty::heartbeat, config_.lease / 3);
}

void failover_supervisor_state::take_row(std::size_t provider, storage::sms_message row,
                                         tick lease_ends,
                                         std::optional<still_wanted> wanted) {
  if (const auto known = rows_.find(row.id); known != rows_.end()) {
    // Its lease ran out while we worked on it, and nobody else has taken it: go on under
    // the new one.
    auto& present = *known->second;
    present.row.lease_token = row.lease_token;
    present.row.lease_until = row.lease_until;
    present.lease_ends = lease_ends;
    give_back(provider, 1);
    return;
  }
  row_in_flight fresh;
  fresh.progress = decode_progress(row.progress);
  fresh.row = std::move(row);
  fresh.lease_ends = lease_ends;
  fresh.held = provider;
  fresh.last_resort = last_resort_.is_at(provider);
  if (wanted) {
    fresh.wanted = *wanted;
    fresh.wanted_as_of = lease_ends - config_.lease;
  }
  self_.running->start("deliver", no_deadline, deliver(std::move(fresh)),
                       [this](const result<done>&) {
                         quit_if_drained();
                         maybe_claim();
                       });
}

void failover_supervisor_state::leave_place(row_in_flight& r) {
  if (r.held)
    give_back(*std::exchange(r.held, std::nullopt), 1);
  r.last_resort = false;
}

void failover_supervisor_state::give_back(std::size_t provider, std::int64_t count) {
  if (count <= 0)
    return;
  if (last_resort_.is_at(provider))
    last_resort_.ends();
  roster_.places(provider).let_go(count);
}

/// Asks when the next row is due: one timer for all that wait in the store.
task<result<done>> failover_supervisor_state::look() {
  looking_ = true;
  const auto mark = outbox_.mark();
  const auto depth =
      co_await ask(peers_.outbox, config_.store_timeout, storage::count_messages{});
  looking_ = false;
  if (!depth) {
    store_failed(depth.error());
    schedule(duty::look, config_.poll_period);
    co_return done{};
  }
  counted(*depth);
  if (depth->ready == 0) {
    outbox_.none_waits(mark);
    co_return done{};
  }
  const auto due = ceil<milliseconds>(depth->next_run_at - clock_());
  schedule(duty::claim, std::clamp(due, milliseconds{0}, config_.poll_period));
  co_return done{};
}

} // namespace tinybook
