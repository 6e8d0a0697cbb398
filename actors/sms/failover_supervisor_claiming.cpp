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
void failover_supervisor_state::start() {
  ask(self_, peers_.outbox, config_.store_timeout,
      storage::reclaim_leases{clock_(), !config_.shared},
      [this](const result<storage::changed_count>& reclaimed) {
        if (!reclaimed) {
          store_failed(reclaimed.error());
          agenda_.add(duty::reclaim, claims_paused_until_);
          arm();
          return;
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
      });
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
  reserve(roster_.draw_order(*random_), 0, wanted);
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

/// Asks the senders in turn until one grants places.
void failover_supervisor_state::reserve(std::vector<std::size_t> order, std::size_t next,
                                        std::int64_t wanted) {
  while (next < order.size() && !roster_.admits(order[next], now()))
    ++next;
  if (next == order.size()) {
    tell_if_none_can_send(order);
    try_last_resort(roster_.draw_order(*random_), 0);
    return;
  }
  const auto provider = order[next];
  ask(self_, providers_[provider].sender, config_.sender_grace, reserve_slots{wanted},
      [this, order = std::move(order), next, wanted,
       provider](const result<provider_slots>& slots) {
        if (slots && slots->granted > 0) {
          alerts_.can_send(roster_.name(provider));
          claim(provider, slots->granted);
          return;
        }
        refused_by(provider, slots);
        reserve(order, next + 1, wanted);
      });
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

/// No provider admits. Where a circuit is open (and nobody has forced it), one message at
/// a time goes out all the same: else nothing would be sent until its time is over.
void failover_supervisor_state::try_last_resort(std::vector<std::size_t> order,
                                                std::size_t next) {
  if (next == order.size() || last_resort_ || !roster_.all_open()) {
    nobody_admits();
    return;
  }
  if (config_.shared)
    claim_last_resort_lease();
  if (config_.shared && !last_resort_lease_.held(now())) {
    nobody_admits();
    return;
  }
  const auto provider = order[next];
  ask(self_, providers_[provider].sender, config_.sender_grace, reserve_slots{1, true},
      [this, order = std::move(order), next,
       provider](const result<provider_slots>& slots) {
        if (slots && slots->granted > 0) {
          last_resort_ = provider;
          claim(provider, 1);
        } else {
          try_last_resort(order, next + 1);
        }
      });
}

/// The lease for last resorts, of which there is one over all replicas. It is not
/// released: it runs out when it is no longer claimed.
void failover_supervisor_state::claim_last_resort_lease() {
  if (!last_resort_lease_.due(now()))
    return;
  last_resort_lease_.claim_sent(now());
  ask(self_, peers_.states, config_.store_timeout,
      storage::claim_probe{storage::every_provider, config_.replica + "/" + instance_,
                           clock_(), config_.probe.lease},
      [this](const result<storage::probe_claim>& claim) {
        if (!claim)
          last_resort_lease_.claim_failed(now());
        else if (claim->granted)
          last_resort_lease_.granted(now());
        else
          last_resort_lease_.refused(now());
        if (last_resort_lease_.held(now()))
          maybe_claim();
      });
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

void failover_supervisor_state::claim(std::size_t provider, std::int64_t granted) {
  if (stopping_) {
    claiming_ = false;
    give_back(provider, granted);
    quit_if_drained();
    return;
  }
  ++counts_.claims;
  ask(self_, peers_.outbox, config_.store_timeout,
      storage::claim_messages{clock_(), config_.lease, granted},
      [this, provider, granted,
       lease_ends = now() + config_.lease](result<storage::message_list> claimed) {
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
      });
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
  if (auto known = rows_.find(row.id); known != rows_.end()) {
    // Its lease ran out while we worked on it, and nobody else has taken it: go on under
    // the new one.
    auto& present = known->second;
    present.row.lease_token = row.lease_token;
    present.row.lease_until = row.lease_until;
    present.lease_ends = lease_ends;
    std::visit(
        [&](auto& what) {
          if constexpr (requires { what.token; })
            what.token = row.lease_token;
        },
        present.unwritten);
    give_back(provider, 1);
    return;
  }
  auto& r = rows_[row.id];
  r.serial = ++serials_;
  r.progress = decode_progress(row.progress);
  r.row = std::move(row);
  r.lease_ends = lease_ends;
  r.held = provider;
  r.last_resort = last_resort_ == provider;
  begin(r);
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
void failover_supervisor_state::look() {
  if (looking_ || stopping_)
    return;
  looking_ = true;
  ask(self_, peers_.outbox, config_.store_timeout, storage::count_messages{},
      [this, marks = wait_marks_](const result<storage::outbox_depth>& depth) {
        looking_ = false;
        if (!depth) {
          store_failed(depth.error());
          schedule(duty::look, config_.poll_period);
          return;
        }
        depth_ = *depth;
        backlog_ = depth->ready + depth->leased;
        if (depth->ready == 0) {
          may_wait_ = marks != wait_marks_;
          return;
        }
        const auto due = ceil<milliseconds>(depth->next_run_at - clock_());
        schedule(duty::claim, std::clamp(due, milliseconds{0}, config_.poll_period));
      });
}

} // namespace tinybook
