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

/// The row's place, if it holds one that the next step does not need, is free at once. An
/// acceptance is written until the store has it, for the message must not be sent again.
/// Everything else is worth repeating only while the lease lasts.
template <class Command>
auto failover_supervisor_state::write(row_in_flight* r, Command what) -> task<written> {
  constexpr bool goes_on = std::is_same_v<Command, storage::record_attempt>;
  bool must_be_written = false;
  if constexpr (std::is_same_v<Command, storage::finish_message>)
    must_be_written = what.state == storage::message_state::delivered;
  r->stage = row_stage::writing;
  if (!goes_on)
    leave_place(*r);
  for (unsigned failures = 0;; ++failures) {
    what.token = r->row.lease_token; // It may be claimed anew while we wait.
    kill_point("before_outcome_write");
    const auto answer = co_await ask(peers_.outbox, config_.store_timeout, Command{what});
    r->repeats_write = !answer;
    if (answer) {
      kill_point("after_outcome_write");
      store_answered();
      counts_.leases_lost += answer->kept ? 0U : 1U;
      co_return answer->kept ? written::kept : written::lost;
    }
    store_failed(answer.error());
    if (!must_be_written && now() >= r->lease_ends)
      co_return written::given_up;
    (void)co_await pause(backoff_delay(config_.claims.store_backoff, failures, *random_));
  }
}

template auto failover_supervisor_state::write(row_in_flight*, storage::record_attempt)
    -> task<written>;
template auto failover_supervisor_state::write(row_in_flight*,
                                               storage::reschedule_message)
    -> task<written>;
template auto failover_supervisor_state::write(row_in_flight*, storage::finish_message)
    -> task<written>;

void failover_supervisor_state::count_end(const row_in_flight& r,
                                          const storage::finish_message& end) {
  ended(1);
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

void failover_supervisor_state::store_failed(const failure& why) {
  ++counts_.store_failures;
  const auto text = "outbox: " + std::string{describe(why.code).name} + " " + why.detail;
  self_.meter->health.note_error(text, clock_());
  self_.meter->health.begins(outbox_trouble, health_level::failing, text, clock_());
  gate_.store_failed(now(), *random_);
}

void failover_supervisor_state::store_answered() {
  if (!gate_.store_answered())
    return;
  self_.meter->health.ends(outbox_trouble);
  self_.meter->health.error_ends(clock_());
}

} // namespace tinybook
