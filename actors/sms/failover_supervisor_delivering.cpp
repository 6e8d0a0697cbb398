#include "actors/sms/failover_supervisor.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

using std::chrono::milliseconds;

namespace {

storage::message_state state_of(final_state state) {
  switch (state) {
  case final_state::delivered:
    return storage::message_state::delivered;
  case final_state::expired:
    return storage::message_state::expired;
  case final_state::dead:
    return storage::message_state::dead;
  }
  return storage::message_state::dead;
}

bool settles(outcome_class kind) {
  return kind == outcome_class::delivered || kind == outcome_class::rejected;
}

} // namespace

void failover_supervisor_state::begin(row_in_flight& r) {
  auto content = open_content(r.row, *keys_);
  if (!content) {
    // Nobody can ever send it: its key is gone, or its row was altered.
    self_.meter->health.note_error("a message's parameters do not open", clock_());
    end(r, {final_state::dead, finish_reason::rejected});
    return;
  }
  r.content = std::move(*content);
  check(r);
}

/// Before every attempt: is the code still of use?
void failover_supervisor_state::check(row_in_flight& r) {
  r.stage = row_stage::checking;
  r.wanted_as_of = now();
  if (r.row.code == 0) {
    r.wanted = still_wanted::wanted;
    step(r);
    return;
  }
  ask(self_, peers_.codes, config_.cache_timeout,
      is_code_wanted{{r.row.phone, r.row.purpose}, r.row.code},
      [this, id = r.row.id, serial = r.serial](const result<code_wanted_answer>& answer) {
        auto* row = find(id, serial);
        if (row == nullptr)
          return;
        if (!answer) {
          self_.meter->health.note_error("code cache: " + answer.error().detail,
                                         clock_());
          row->wanted = still_wanted::unknown;
        } else {
          row->wanted = answer->wanted ? still_wanted::wanted : still_wanted::gone;
        }
        step(*row);
      });
}

/// Decides from what is known now. `r.progress` stays as it was until the decision can be
/// carried out: where the chosen provider has no place, the same is decided again with
/// that known.
void failover_supervisor_state::step(row_in_flight& r) {
  const auto wall = clock_();
  std::vector<provider_view> views;
  if (!stopping_ && !paused())
    views = roster_.views(r.row.phone, r.held, wall, now());
  std::vector<std::size_t> providers;
  for (auto& view : views) {
    const auto provider = *roster_.find(view.name);
    providers.push_back(provider);
    view.may_repeat = budgets_[provider].may_repeat(now());
    view.comes_last = region_refusals_.holds(provider, r.row.region_or_prefix(), now());
  }
  auto rules = config_.rules;
  if (std::ranges::find(config_.single_copy_purposes, r.row.purpose)
      != config_.single_copy_purposes.end())
    rules.ambiguous_goes_on = false;
  delivery_input input{wall, r.row.run_at, r.row.expires_at, r.progress, views, r.wanted};
  if (r.outcome) {
    input.outcome = r.outcome->kind;
    input.outcome_provider = roster_.name(r.provider);
    input.retry_after = r.outcome->retry_after;
    input.outcome_at = r.outcome_at;
  }
  auto decision = decide_delivery(input, rules, *random_);
  if (const auto* next = std::get_if<send_now>(&decision.action)) {
    const auto provider = roster_.find(next->provider).value_or(0);
    if (r.held == provider)
      send_or_note(r, provider, std::move(decision.progress));
    else
      reserve_for(r, provider);
    return;
  }
  r.progress = std::move(decision.progress);
  if (const auto* wait = std::get_if<wait_until>(&decision.action)) {
    tell_if_none_can_send(providers);
    reschedule(r, *wait);
  } else {
    end(r, std::get<finish>(decision.action));
  }
}

void failover_supervisor_state::reserve_for(row_in_flight& r, std::size_t provider) {
  r.stage = row_stage::slot;
  leave_place(r);
  ask(self_, providers_[provider].sender, config_.sender_grace, reserve_slots{1},
      [this, id = r.row.id, serial = r.serial,
       provider](const result<provider_slots>& slots) {
        const bool granted = slots && slots->granted > 0;
        if (!granted)
          refused_by(provider, slots);
        auto* row = find(id, serial);
        if (row == nullptr) {
          give_back(provider, granted ? slots->granted : 0);
          return;
        }
        if (granted) {
          alerts_.can_send(roster_.name(provider));
          row->held = provider;
        }
        step(*row);
      });
}

/// A failed try is in the store before the next provider is tried; a first try needs no
/// write of its own.
void failover_supervisor_state::send_or_note(row_in_flight& r, std::size_t provider,
                                             delivery_progress progress) {
  const auto attempt = attempt_of(r);
  r.progress = std::move(progress);
  r.provider = provider;
  if (attempt)
    write(r, storage::record_attempt{r.row.id, r.row.lease_token, r.progress.total_tries,
                                     encode_progress(r.progress), *attempt});
  else
    send(r);
}

void failover_supervisor_state::send(row_in_flight& r) {
  r.outcome.reset();
  if (stopping_ || clock_() >= r.row.expires_at) {
    step(r);
    return;
  }
  if (now() - r.wanted_as_of > config_.rules.recheck) {
    // The store has kept us waiting since: the code may have been used.
    choose_again(r);
    return;
  }
  const auto& link = providers_[r.provider];
  if (r.lease_ends - now() <= link.timeout + config_.lease_margin) {
    // Another process may take it before this send is over: leave it to its next owner.
    ++counts_.lease_too_short;
    forget(r);
    return;
  }
  r.stage = row_stage::sending;
  r.held.reset();
  r.started_at = clock_();
  count_try(r);
  ask(self_, link.sender, link.timeout + config_.sender_grace,
      send_sms{{r.row.id, r.row.client_ref, r.row.phone, r.row.purpose,
                r.row.template_name, r.content.parameters, r.content.lang,
                r.row.expires_at},
               r.last_resort},
      [this, id = r.row.id, serial = r.serial](result<send_outcome> outcome) {
        if (auto* row = find(id, serial))
          tried(*row, std::move(outcome));
      });
}

void failover_supervisor_state::count_try(const row_in_flight& r) {
  ++counts_.tries;
  const bool again = r.progress.had_before(roster_.name(r.provider));
  auto& budget = budgets_[r.provider];
  again ? budget.repeated(now()) : budget.first_try(now());
  if (const auto limit = global_limit(); !limit.off())
    (void)global_rate_.take(all_providers, limit, now());
}

/// The sender has given it back: nothing was sent, and it is no attempt.
void failover_supervisor_state::not_admitted(row_in_flight& r, milliseconds retry_after) {
  ++counts_.not_admitted;
  roster_.refused(r.provider, retry_after, now());
  choose_again(r);
}

/// The try that was decided does not come about: the provider has not had it.
void failover_supervisor_state::choose_again(row_in_flight& r) {
  std::erase(r.progress.tried, roster_.name(r.provider));
  check(r);
}

void failover_supervisor_state::tried(row_in_flight& r, result<send_outcome> outcome) {
  if (std::exchange(r.last_resort, false))
    last_resort_.reset();
  if (!outcome && outcome.error().code == errc::overloaded) {
    not_admitted(r, outcome.error().retry_after);
    return;
  }
  r.outcome_at = clock_();
  if (outcome) {
    r.outcome = std::move(*outcome);
    if (r.outcome->kind == outcome_class::throttled)
      roster_.refused(r.provider, r.outcome->retry_after, now(), refusal::paused);
    else
      roster_.reopened(r.provider);
    note_region(r);
  } else {
    // The sender was lost with the message in its hands.
    r.outcome = send_outcome{outcome_class::ambiguous,
                             "",
                             "sender",
                             std::string{describe(outcome.error().code).name},
                             {},
                             {}};
  }
  if (r.outcome->kind != outcome_class::delivered)
    self_.meter->health.note_error(roster_.name(r.provider) + ": "
                                       + std::string{to_string(r.outcome->kind)} + " "
                                       + r.outcome->provider_code,
                                   clock_());
  if (settles(r.outcome->kind) || stopping_)
    step(r);
  else
    check(r);
  maybe_claim();
}

void failover_supervisor_state::note_region(const row_in_flight& r) {
  if (r.outcome->kind == outcome_class::delivered)
    region_refusals_.forget(r.provider, r.row.region_or_prefix());
  else if (r.outcome->kind == outcome_class::not_here && r.outcome->whole_region)
    region_refusals_.note(r.provider, r.row.region_or_prefix(), now());
}

void failover_supervisor_state::reschedule(row_in_flight& r, const wait_until& wait) {
  write(r, storage::reschedule_message{
               r.row.id, r.row.lease_token, wait.time, r.progress.total_tries,
               encode_progress(r.progress), attempt_of(r), clock_()});
}

void failover_supervisor_state::end(row_in_flight& r, const finish& why) {
  storage::finish_message out;
  out.id = r.row.id;
  out.token = r.row.lease_token;
  out.state = state_of(why.state);
  out.tries = r.progress.total_tries;
  out.progress = encode_progress(r.progress);
  if (why.state == final_state::delivered) {
    out.provider = roster_.name(r.provider);
    out.provider_message_id = r.outcome->provider_message_id;
  }
  out.attempt = attempt_of(r);
  out.now = clock_();
  write(r, std::move(out));
}

std::optional<storage::sms_attempt>
failover_supervisor_state::attempt_of(const row_in_flight& r) {
  if (!r.outcome)
    return std::nullopt;
  return storage::sms_attempt{r.row.id,
                              roster_.name(r.provider),
                              std::string{to_string(r.outcome->kind)},
                              r.outcome->provider_code,
                              r.outcome->text,
                              r.started_at,
                              r.outcome->took};
}

} // namespace tinybook
