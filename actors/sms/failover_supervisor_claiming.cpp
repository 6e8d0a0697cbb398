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

} // namespace

/// Nothing is claimed before the leases of an earlier life are free: a row of which it
/// is not known whether somebody works on it must not be sent.
task<result<done>> failover_supervisor_state::start() {
  const auto reclaimed = co_await ask(peers_.outbox, config_.store_timeout,
                                      storage::reclaim_leases{clock_(), !config_.shared});
  if (!reclaimed) {
    store_failed(reclaimed.error());
    agenda_.add(duty::reclaim, claims_paused_until_);
    arm();
    co_return done{};
  }
  started_ = true;
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
  want_claim_ = true;
  maybe_claim();
}

void failover_supervisor_state::maybe_claim() {
  if (!want_claim_ || claiming_ || !started_ || stopping_
      || rows_.size() >= config_.max_in_flight)
    return; // Whatever ends that comes back here.
  if (now() < claims_paused_until_) {
    agenda_.add(duty::claim, claims_paused_until_);
    arm();
    return;
  }
  if (paused())
    return; // Its end comes back here.
  const auto room = static_cast<std::int64_t>(config_.max_in_flight - rows_.size());
  const auto wanted = std::min({room, config_.claim_batch, allowed_now()});
  if (wanted <= 0)
    return;
  claiming_ = true;
  want_claim_ = false;
  start_journey(self_, "claim", claim(wanted));
}

/// What the rate of all providers together still allows; the duty comes back when more.
std::int64_t failover_supervisor_state::allowed_now() {
  const auto limit = global_limit();
  if (limit.off())
    return config_.claim_batch;
  const auto used = static_cast<std::int64_t>(global_rate_.count(all_providers, now()));
  const auto left =
      std::int64_t{limit.count} - used - static_cast<std::int64_t>(rows_.size());
  if (left <= 0) {
    const auto answer = global_rate_.peek(all_providers, limit, now());
    schedule(duty::claim,
             std::max(ceil<milliseconds>(answer.retry_after), milliseconds{20}));
  }
  return left;
}

/// Places first, and only so many rows: everything else stays in the store.
task<result<done>> failover_supervisor_state::claim(std::int64_t wanted) {
  auto places = co_await find_places(wanted);
  if (!places)
    places = co_await find_last_resort();
  if (!places) {
    nobody_admits();
    co_return done{};
  }
  const auto [provider, granted] = *places;
  if (stopping_) {
    claiming_ = false;
    give_back(provider, granted);
    quit_if_drained();
    co_return done{};
  }
  ++counts_.claims;
  const auto lease_ends = now() + config_.lease;
  auto claimed = co_await ask(peers_.outbox, config_.store_timeout,
                              storage::claim_messages{clock_(), config_.lease, granted});
  claiming_ = false;
  if (claimed) {
    store_answered();
    take(provider, granted, std::move(claimed->messages), lease_ends);
  } else {
    give_back(provider, granted);
    store_failed(claimed.error());
    wake();
  }
  quit_if_drained();
  co_return done{};
}

/// Asks the senders in turn until one grants places.
auto failover_supervisor_state::find_places(std::int64_t wanted)
    -> task<std::optional<places>> {
  const auto order = roster_.draw_order(*random_);
  for (const auto provider : order) {
    if (!roster_.admits(provider, now()))
      continue;
    const auto slots = co_await ask(providers_[provider].sender, config_.sender_grace,
                                    reserve_slots{wanted});
    if (slots && slots->granted > 0) {
      alerts_.can_send(roster_.name(provider));
      co_return places{provider, slots->granted};
    }
    refused_by(provider, slots);
  }
  tell_if_none_can_send(order);
  co_return std::nullopt;
}

/// No provider admits. Where a circuit is open (and nobody has forced it), one message at
/// a time goes out all the same: else nothing would be sent until its time is over.
auto failover_supervisor_state::find_last_resort() -> task<std::optional<places>> {
  if (last_resort_ || !roster_.all_open())
    co_return std::nullopt;
  if (config_.shared && last_resort_lease_.due(now()))
    start_journey(self_, "claim last resort", claim_last_resort_lease());
  if (config_.shared && !last_resort_lease_.held(now()))
    co_return std::nullopt;
  for (const auto provider : roster_.draw_order(*random_)) {
    const auto slots = co_await ask(providers_[provider].sender, config_.sender_grace,
                                    reserve_slots{1, true});
    if (slots && slots->granted > 0) {
      last_resort_ = provider;
      co_return places{provider, 1};
    }
    if (last_resort_ || !roster_.all_open())
      break;
  }
  co_return std::nullopt;
}

void failover_supervisor_state::refused_by(std::size_t provider,
                                           const result<provider_slots>& slots) {
  const auto wait = slots ? slots->retry_after : config_.rules.recheck;
  roster_.refused(provider, wait, now(), slots ? slots->why : refusal::busy);
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

/// The lease for last resorts, of which there is one over all replicas. It is not
/// released: it runs out when it is no longer claimed.
task<result<done>> failover_supervisor_state::claim_last_resort_lease() {
  last_resort_lease_.claim_sent(now());
  const auto claim = co_await ask(peers_.states, config_.store_timeout,
                                  storage::claim_probe{storage::every_provider,
                                                       config_.replica + "/" + instance_,
                                                       clock_(), config_.probe.lease});
  if (!claim)
    last_resort_lease_.claim_failed(now());
  else if (claim->granted)
    last_resort_lease_.granted(now());
  else
    last_resort_lease_.refused(now());
  if (last_resort_lease_.held(now()))
    maybe_claim();
  co_return done{};
}

/// The rows stay where they are, and no attempt is counted.
void failover_supervisor_state::nobody_admits() {
  claiming_ = false;
  want_claim_ = true;
  const auto recheck = now() + config_.rules.recheck;
  agenda_.add(duty::claim,
              std::min(roster_.next_admission(now()).value_or(recheck), recheck));
  arm();
  quit_if_drained();
}

void failover_supervisor_state::take(std::size_t provider, std::int64_t granted,
                                     std::vector<storage::sms_message> rows,
                                     tick lease_ends) {
  const auto count = static_cast<std::int64_t>(rows.size());
  counts_.claimed += rows.size();
  if (count > 0)
    kill_point("after_claim");
  give_back(provider, granted - count);
  for (auto& row : rows)
    take_row(provider, std::move(row), lease_ends);
  // The next claim is on its way while these are being sent.
  if (count >= granted)
    wake();
  else if (may_wait_)
    schedule(duty::look, look_spacing);
  if (count > 0)
    schedule(duty::heartbeat, config_.lease / 3);
}

void failover_supervisor_state::take_row(std::size_t provider, storage::sms_message row,
                                         tick lease_ends) {
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
  fresh.last_resort = last_resort_ == provider;
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
  if (last_resort_ == provider)
    last_resort_.reset();
  tell(providers_[provider].sender, release_slots{count});
}

/// Asks when the next row is due: one timer for all that wait in the store.
task<result<done>> failover_supervisor_state::look() {
  looking_ = true;
  const auto marks = wait_marks_;
  const auto depth =
      co_await ask(peers_.outbox, config_.store_timeout, storage::count_messages{});
  looking_ = false;
  if (!depth) {
    store_failed(depth.error());
    schedule(duty::look, config_.poll_period);
    co_return done{};
  }
  depth_ = *depth;
  backlog_ = depth->ready + depth->leased;
  if (depth->ready == 0) {
    may_wait_ = marks != wait_marks_;
    co_return done{};
  }
  const auto due = ceil<milliseconds>(depth->next_run_at - clock_());
  schedule(duty::claim, std::clamp(due, milliseconds{0}, config_.poll_period));
  co_return done{};
}

} // namespace tinybook
