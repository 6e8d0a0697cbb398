#include "actors/sms/circuit.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "actors/system/event_log.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::milliseconds;

namespace {

constexpr std::chrono::seconds pause_reload{1};
/// How soon a report that was faster than the write of its outcome is joined, and how
/// often those of other replicas are looked for.
constexpr std::chrono::seconds early_report_pause{1};
constexpr std::chrono::seconds early_report_look{10};

} // namespace

task<result<receipts_taken>>
failover_supervisor_state::take_reports(take_receipts command) {
  for (const auto& field : command.not_understood)
    if (reports_.not_understood(command.provider, field))
      log_event(config::log_level::warn, "sms_report_not_understood",
                {{"provider", command.provider}, {"field", field}});
  std::vector<task<result<storage::receipt_fate>>> notes;
  for (auto& report : command.receipts) {
    report.provider = command.provider;
    notes.push_back(note_report(std::move(report)));
  }
  receipts_taken sum;
  std::optional<failure> failed;
  for (auto& fate : co_await when_all(std::move(notes))) {
    if (!fate) {
      failed = std::move(fate.error());
      continue;
    }
    sum.joined += *fate == storage::receipt_fate::joined;
    sum.duplicate += *fate == storage::receipt_fate::duplicate;
    sum.unknown += *fate == storage::receipt_fate::unknown;
  }
  if (failed)
    co_return std::move(*failed);
  co_return sum;
}

task<result<storage::receipt_fate>>
failover_supervisor_state::note_report(storage::receipt report) {
  const auto answer = co_await ask(peers_.archive, config_.store_timeout,
                                   storage::record_receipt{report, clock_()});
  if (!answer)
    co_return answer.error();
  noted(report, *answer);
  if (answer->fate == storage::receipt_fate::unknown)
    schedule(duty::early_reports, early_report_pause);
  co_return answer->fate;
}

/// Those that the store has kept, whichever replica took them.
task<result<done>> failover_supervisor_state::join_early_reports() {
  while (true) {
    const storage::join_early_receipts command{clock_()};
    const auto answer = co_await ask(peers_.archive, config_.store_timeout, command);
    if (!answer) {
      schedule(duty::early_reports, early_report_pause);
      co_return done{};
    }
    for (const auto& [report, note] : answer->joined) {
      reports_.joined_late();
      noted(report, note);
    }
    if (std::ssize(answer->joined) == command.limit)
      continue;
    if (answer->more)
      schedule(duty::early_reports, early_report_pause);
    else if (config_.shared)
      schedule(duty::early_reports, early_report_look);
    co_return done{};
  }
}

void failover_supervisor_state::noted(const storage::receipt& report,
                                      const storage::receipt_noted& answer) {
  auto todo = reports_.judge(report, answer, clock_());
  if (todo.end)
    start_journey(self_, "end by report", end_by_report(std::move(*todo.end)));
  if (const auto provider = roster_.find(report.provider);
      provider && todo.provider_failed)
    tell(providers_[*provider].sender, note_lost_message{});
  if (todo.resend)
    start_journey(self_, "resend", resend(resend_code{*answer.message, report.provider}));
}

task<result<done>> failover_supervisor_state::end_by_report(storage::finish_message end) {
  const auto kept = co_await ask(peers_.outbox, config_.store_timeout, std::move(end));
  if (!kept)
    store_failed(kept.error());
  else if (kept->kept)
    ended(1);
  co_return done{};
}

task<result<done>> failover_supervisor_state::resend(resend_code command) {
  const auto answer =
      co_await ask(peers_.resender, config_.resend_timeout, std::move(command));
  if (!answer)
    self_.meter->health.note_error(
        "resend: " + std::string{describe(answer.error().code).name}, clock_());
  else if (answer->sent)
    ++counts_.resent;
  co_return done{};
}

/// The parameters open only in a row with its own client reference: they are sealed anew.
task<result<sms_accepted>> failover_supervisor_state::redrive(redrive_sms command) {
  if (stopping_)
    co_return errc::draining;
  const auto found = co_await ask(peers_.archive, config_.store_timeout,
                                  storage::find_message{command.id});
  if (!found)
    co_return found.error();
  const auto& old = found->message;
  storage::redrive_message out{command.id, old, command.action.by, clock_()};
  auto& row = out.replacement;
  row.id = 0;
  row.parent = old.id;
  row.idempotency_key = random_id(*random_);
  row.client_ref = random_id(*random_);
  row.state = storage::message_state::ready;
  row.attempt = 0;
  row.progress.clear();
  row.lease_token = 0;
  row.provider.clear();
  row.provider_message_id.clear();
  row.receipt.clear();
  row.finalized_at = {};
  row.created_at = row.run_at = out.now;
  // The store tells why not where they are gone: its word comes first.
  if (auto content = open_content(old, *keys_))
    seal_content(row, *content, *keys_, *random_);
  else
    row.sealed_parameters.clear();
  const auto stored = co_await ask(peers_.archive, config_.store_timeout, std::move(out));
  if (!stored)
    co_return stored.error();
  ++counts_.redriven;
  added(1);
  wake();
  co_return sms_accepted{stored->id};
}

task<result<done>> failover_supervisor_state::discard(discard_sms command) {
  auto discarded =
      co_await ask(peers_.archive, config_.store_timeout,
                   storage::discard_message{command.id, command.action.by, clock_()});
  counts_.discarded += discarded ? 1U : 0U;
  co_return discarded;
}

task<result<done>> failover_supervisor_state::force(force_provider command) {
  if (command.provider == storage::every_provider)
    co_return co_await set_pause(std::move(command));
  const auto provider = roster_.find(command.provider);
  if (!provider)
    co_return errc::provider_not_found;
  region_refusals_.forget(*provider);
  co_return co_await ask(providers_[*provider].sender, 2 * config_.store_timeout,
                         std::move(command));
}

/// Repeated where another replica was faster: this word comes after its word.
task<result<done>> failover_supervisor_state::set_pause(force_provider command) {
  if (command.state != forced_state::open && command.state != forced_state::none)
    co_return errc::wrong_state;
  while (true) {
    auto row = pause_.say(command, clock_());
    tell_pause();
    const auto saved = co_await ask(peers_.states, config_.store_timeout,
                                    storage::save_provider_state{std::move(row)});
    pause_.said();
    if (!saved || saved->kept) {
      wake();
      co_return as_done(saved);
    }
    const auto list = co_await ask(peers_.states, config_.store_timeout,
                                   storage::load_provider_states{});
    if (!list)
      co_return list.error();
    pause_loaded(*list);
  }
}

task<result<done>> failover_supervisor_state::load_pause() {
  const auto list =
      co_await ask(peers_.states, config_.store_timeout, storage::load_provider_states{});
  if (!list) {
    schedule(duty::load_pause, pause_reload);
    co_return done{};
  }
  if (config_.shared)
    schedule(duty::load_pause, jittered_period(config_.look_period, *random_));
  pause_loaded(*list);
  co_return done{};
}

void failover_supervisor_state::pause_loaded(const storage::provider_state_list& list) {
  const bool changed = pause_.loaded(list);
  tell_pause();
  if (changed)
    wake();
}

bool failover_supervisor_state::paused() {
  if (const auto left = pause_.ends_in(clock_()))
    schedule(duty::claim, std::min(*left, config_.poll_period));
  return pause_.holds(clock_());
}

void failover_supervisor_state::tell_pause() {
  if (pause_.known())
    alerts_.pause(paused() ? &pause_.word() : nullptr, clock_());
}

} // namespace tinybook
