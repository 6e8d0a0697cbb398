#include "actors/sms/failover_supervisor.hpp"
#include "storage/support/kill_point.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

constexpr auto outbox_trouble = "sms-outbox";

} // namespace

/// The row's place, if it holds one that the next step does not need, is free at once.
void failover_supervisor_state::write(row_in_flight& r, row_in_flight::write what) {
  r.stage = row_stage::writing;
  r.unwritten = std::move(what);
  r.write_failures = 0;
  if (!std::holds_alternative<storage::record_attempt>(r.unwritten))
    leave_place(r);
  write_now(r);
}

void failover_supervisor_state::write_now(row_in_flight& r) {
  r.write_again_at.reset();
  const auto answered = [this, id = r.row.id,
                         serial = r.serial](const result<storage::lease_kept>& answer) {
    if (auto* row = find(id, serial))
      written(*row, answer);
  };
  // A copy: an answer that comes at once may forget the row.
  auto what = r.unwritten;
  kill_point("before_outcome_write");
  std::visit(
      [&](auto& command) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(command)>, std::monostate>)
          ask(self_, peers_.outbox, config_.store_timeout, std::move(command), answered);
      },
      what);
}

void failover_supervisor_state::written(row_in_flight& r,
                                        const result<storage::lease_kept>& answer) {
  if (!answer) {
    write_failed(r, answer.error());
    return;
  }
  kill_point("after_outcome_write");
  store_answered();
  const auto what = std::exchange(r.unwritten, std::monostate{});
  if (std::holds_alternative<storage::record_attempt>(what) && answer->kept) {
    send(r);
    return;
  }
  if (!answer->kept)
    ++counts_.leases_lost;
  else if (const auto* end = std::get_if<storage::finish_message>(&what))
    count_end(r, *end);
  else if (const auto* later = std::get_if<storage::reschedule_message>(&what)) {
    ++counts_.rescheduled;
    may_wait_ = true;
    ++wait_marks_;
    const auto wait = ceil<milliseconds>(later->run_at - clock_());
    schedule(duty::claim, std::clamp(wait, milliseconds{0}, config_.poll_period));
  }
  forget(r);
}

/// An acceptance is written again until the store has it, for the message must not be
/// sent again. Everything else is worth repeating only while the lease lasts.
void failover_supervisor_state::write_failed(row_in_flight& r, const failure& why) {
  store_failed(why);
  if (!r.ends_as_delivered() && now() >= r.lease_ends) {
    forget(r);
    return;
  }
  const auto wait = backoff_delay(config_.store_backoff, r.write_failures++, *random_);
  r.write_again_at = now() + wait;
  schedule(duty::retry_writes, wait);
}

void failover_supervisor_state::write_again() {
  const auto at = now();
  std::vector<message_id> due;
  for (const auto& [id, r] : rows_) {
    if (!r.write_again_at)
      continue;
    if (*r.write_again_at <= at)
      due.push_back(id);
    else
      agenda_.add(duty::retry_writes, *r.write_again_at);
  }
  for (const auto id : due)
    if (auto it = rows_.find(id); it != rows_.end())
      write_now(it->second);
}

void failover_supervisor_state::count_end(const row_in_flight& r,
                                          const storage::finish_message& end) {
  --backlog_;
  switch (end.state) {
  case storage::message_state::delivered:
    ++counts_.delivered;
    self_.meter->health.error_ends(clock_());
    times_.delivered(end.now - r.row.created_at, end.tries);
    break;
  case storage::message_state::expired:
    ++counts_.expired;
    break;
  default:
    ++counts_.dead;
    alerts_.dead_letter(end, r.row.purpose, now());
  }
}

void failover_supervisor_state::forget(row_in_flight& r) {
  leave_place(r);
  rows_.erase(r.row.id);
  quit_if_drained();
  maybe_claim();
}

void failover_supervisor_state::store_failed(const failure& why) {
  ++counts_.store_failures;
  const auto text = "outbox: " + std::string{describe(why.code).name} + " " + why.detail;
  self_.meter->health.note_error(text, clock_());
  self_.meter->health.begins(outbox_trouble, health_level::failing, text, clock_());
  const auto wait =
      backoff_delay(config_.store_backoff, store_failures_in_a_row_++, *random_);
  claims_paused_until_ = std::max(claims_paused_until_, now() + wait);
}

void failover_supervisor_state::store_answered() {
  if (std::exchange(store_failures_in_a_row_, 0) == 0)
    return;
  self_.meter->health.ends(outbox_trouble);
  self_.meter->health.error_ends(clock_());
}

} // namespace tinybook
