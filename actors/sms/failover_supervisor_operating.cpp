#include "actors/sms/circuit.hpp"
#include "actors/sms/failover_supervisor.hpp"
#include "actors/system/event_log.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace tinybook {

using std::chrono::milliseconds;

namespace {

constexpr std::chrono::seconds pause_reload{1};
/// How soon a report that was faster than the write of its outcome is joined, and how
/// often those of other replicas are looked for.
constexpr std::chrono::seconds early_report_pause{1};
constexpr std::chrono::seconds early_report_look{10};

storage::sms_attempt late_acceptance(const storage::receipt& report, wall_time now) {
  return {0,
          report.provider,
          std::string{to_string(outcome_class::delivered)},
          report.provider_code,
          "told by a delivery report",
          now,
          milliseconds{0}};
}

} // namespace

caf::result<receipts_taken>
failover_supervisor_state::take_reports(take_receipts& command) {
  for (const auto& field : command.not_understood)
    not_understood(command.provider, field);
  pending_reply<receipts_taken> reply{self_};
  struct batch {
    receipts_taken sum;
    std::size_t open;
    std::optional<failure> failed;
  };
  auto all = std::make_shared<batch>(batch{{}, command.receipts.size(), std::nullopt});
  if (all->open == 0)
    reply(receipts_taken{});
  for (auto& report : command.receipts) {
    report.provider = command.provider;
    storage::record_receipt note{report, clock_()};
    ask(self_, peers_.archive, config_.store_timeout, std::move(note),
        [this, reply, all, report](const result<storage::receipt_noted>& answer) {
          if (answer) {
            noted(report, *answer);
            if (answer->fate == storage::receipt_fate::unknown)
              schedule(duty::early_reports, early_report_pause);
            all->sum.joined += answer->fate == storage::receipt_fate::joined;
            all->sum.duplicate += answer->fate == storage::receipt_fate::duplicate;
            all->sum.unknown += answer->fate == storage::receipt_fate::unknown;
          } else {
            all->failed = answer.error();
          }
          if (--all->open == 0)
            all->failed ? reply(*all->failed) : reply(all->sum);
        });
  }
  return reply.promise();
}

void failover_supervisor_state::not_understood(const std::string& provider,
                                               const std::string& field) {
  ++counts_.receipts_not_understood;
  if (told_odd_.emplace(provider, field).second)
    log_event(config::log_level::warn, "sms_report_not_understood",
              {{"provider", provider}, {"field", field}});
}

/// Those that the store has kept, whichever replica took them.
void failover_supervisor_state::join_early_reports() {
  const storage::join_early_receipts command{clock_()};
  ask(self_, peers_.archive, config_.store_timeout, command,
      [this, limit = command.limit](const result<storage::joined_receipts>& answer) {
        if (!answer)
          return schedule(duty::early_reports, early_report_pause);
        for (const auto& [report, note] : answer->joined) {
          ++counts_.receipts_joined_late;
          noted(report, note);
        }
        if (std::ssize(answer->joined) == limit)
          join_early_reports();
        else if (answer->more)
          schedule(duty::early_reports, early_report_pause);
        else if (config_.shared)
          schedule(duty::early_reports, early_report_look);
      });
}

void failover_supervisor_state::noted(const storage::receipt& report,
                                      const storage::receipt_noted& answer) {
  if (answer.fate == storage::receipt_fate::duplicate)
    ++counts_.receipts_duplicate;
  else if (answer.fate == storage::receipt_fate::unknown || !answer.message)
    ++counts_.receipts_unknown;
  else if (report.delivered)
    good_report(report, *answer.message);
  else
    bad_report(report, *answer.message);
}

/// A report of success ends a row whose outcome was not known: an acceptance is monotone.
void failover_supervisor_state::good_report(const storage::receipt& report,
                                            const storage::sms_message& row) {
  ++counts_.receipts_good;
  if (row.state != storage::message_state::ready
      && row.state != storage::message_state::leased)
    return;
  storage::finish_message end;
  end.id = row.id;
  end.state = storage::message_state::delivered;
  end.tries = row.attempt;
  end.progress = row.progress;
  end.provider = report.provider;
  end.provider_message_id = report.provider_message_id;
  end.now = clock_();
  end.attempt = late_acceptance(report, end.now);
  end.attempt->message = row.id;
  ask(self_, peers_.outbox, config_.store_timeout, std::move(end),
      [this](const result<storage::lease_kept>& kept) {
        if (!kept)
          store_failed(kept.error());
        else if (kept->kept)
          --backlog_;
      });
}

/// One more failure of the provider; while the code is wanted a new one goes out.
void failover_supervisor_state::bad_report(const storage::receipt& report,
                                           const storage::sms_message& lost) {
  ++counts_.receipts_bad;
  if (const auto provider = roster_.find(report.provider))
    tell(providers_[*provider].sender, note_lost_message{});
  if (lost.state != storage::message_state::delivered || lost.code == 0
      || clock_() >= lost.expires_at)
    return;
  ask(self_, peers_.resender, config_.resend_timeout, resend_code{lost, report.provider},
      [this](const result<code_resent>& answer) {
        if (!answer)
          self_.meter->health.note_error(
              "resend: " + std::string{describe(answer.error().code).name}, clock_());
        else if (answer->sent)
          ++counts_.resent;
      });
}

caf::result<sms_accepted> failover_supervisor_state::redrive(const redrive_sms& command) {
  if (stopping_)
    return to_error(errc::draining);
  pending_reply<sms_accepted> reply{self_};
  ask(self_, peers_.archive, reply.within(config_.store_timeout),
      storage::find_message{command.id},
      [this, command, reply](const result<storage::message_history>& found) {
        if (found)
          redrive_row(command, found->message, reply);
        else
          reply(found.error());
      });
  return reply.promise();
}

/// The parameters open only in a row with its own client reference: they are sealed anew.
void failover_supervisor_state::redrive_row(const redrive_sms& command,
                                            const storage::sms_message& old,
                                            pending_reply<sms_accepted> reply) {
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
  ask(self_, peers_.archive, reply.within(config_.store_timeout), std::move(out),
      [this, reply](const result<storage::submitted_message>& stored) {
        if (!stored)
          return reply(stored.error());
        ++counts_.redriven;
        ++backlog_;
        reply(sms_accepted{stored->id});
        wake();
      });
}

caf::result<done> failover_supervisor_state::discard(const discard_sms& command) {
  pending_reply<done> reply{self_};
  ask(self_, peers_.archive, reply.within(config_.store_timeout),
      storage::discard_message{command.id, command.action.by, clock_()},
      [this, reply](const result<done>& discarded) {
        counts_.discarded += discarded ? 1U : 0U;
        reply(discarded);
      });
  return reply.promise();
}

caf::result<done> failover_supervisor_state::force(const force_provider& command) {
  if (command.provider == storage::every_provider)
    return pause(command);
  const auto provider = roster_.find(command.provider);
  if (!provider)
    return to_error(errc::provider_not_found);
  region_refusals_.forget(*provider);
  pending_reply<done> reply{self_};
  ask_into(self_, providers_[*provider].sender, 2 * config_.store_timeout, command,
           reply);
  return reply.promise();
}

caf::result<done> failover_supervisor_state::pause(const force_provider& command) {
  if (command.state != forced_state::open && command.state != forced_state::none)
    return to_error(errc::wrong_state);
  pending_reply<done> reply{self_};
  pause(command, reply);
  return reply.promise();
}

void failover_supervisor_state::pause(const force_provider& command,
                                      const pending_reply<done>& reply) {
  const bool lifted = command.state == forced_state::none;
  storage::provider_state row;
  row.provider = storage::every_provider;
  row.state = std::string{to_string(circuit_state::closed)};
  row.generation = pause_.generation + 1;
  row.forced = std::string{to_string(command.state)};
  row.forced_until = lifted ? wall_time{} : command.until;
  row.forced_by = lifted ? "" : command.action.by;
  row.reason = lifted ? "" : command.action.reason;
  row.changed_at = clock_();
  // From now on, whether the store has it or not: a pause must not wait.
  pause_ = row;
  pausing_ = true;
  tell_pause();
  ask(self_, peers_.states, config_.store_timeout, storage::save_provider_state{row},
      [this, command, reply](const result<storage::state_saved>& saved) {
        pausing_ = false;
        if (saved && !saved->kept) {
          // Another replica was faster: this word comes after its word.
          ask(self_, peers_.states, config_.store_timeout,
              storage::load_provider_states{},
              [this, command, reply](const result<storage::provider_state_list>& list) {
                if (!list)
                  return reply(list.error());
                pause_loaded(*list);
                pause(command, reply);
              });
          return;
        }
        reply(as_done(saved));
        wake();
      });
}

void failover_supervisor_state::load_pause() {
  ask(self_, peers_.states, config_.store_timeout, storage::load_provider_states{},
      [this](const result<storage::provider_state_list>& list) {
        if (!list) {
          schedule(duty::load_pause, pause_reload);
          return;
        }
        if (config_.shared)
          schedule(duty::load_pause, jittered_period(config_.look_period, *random_));
        pause_loaded(*list);
      });
}

/// Of two words of the same generation the one that the store holds counts.
void failover_supervisor_state::pause_loaded(const storage::provider_state_list& list) {
  const bool first = !std::exchange(pause_known_, true);
  const auto it = std::ranges::find(list.states, storage::every_provider,
                                    &storage::provider_state::provider);
  const bool newer = it != list.states.end()
                     && (it->generation > pause_.generation
                         || (it->generation == pause_.generation && !pausing_
                             && it->changed_at != pause_.changed_at));
  if (newer)
    pause_ = *it;
  tell_pause();
  if (newer || first)
    wake();
}

bool failover_supervisor_state::paused() {
  if (!pause_known_)
    return true;
  if (pause_.forced.empty())
    return false;
  if (pause_.forced_until == wall_time{})
    return true;
  const auto left = std::chrono::ceil<milliseconds>(pause_.forced_until - clock_());
  if (left > milliseconds{0})
    schedule(duty::claim, std::min(left, config_.poll_period));
  return left > milliseconds{0};
}

void failover_supervisor_state::tell_pause() {
  if (pause_known_)
    alerts_.pause(paused() ? &pause_ : nullptr, clock_());
}

void failover_supervisor_state::admits(const provider_admits& told) {
  if (const auto provider = roster_.find(told.provider)) {
    roster_.reopened(*provider);
    if (told.lifted)
      roster_.lifted(*provider, clock_());
    alerts_.can_send(told.provider);
    wake();
  }
}

} // namespace tinybook
