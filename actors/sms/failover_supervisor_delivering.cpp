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

/// Lists a row while it is delivered; its place, if it has one then, is free afterwards.
class failover_supervisor_state::listing {
 public:
  listing(failover_supervisor_state& of, row_in_flight& r) : of_(of), row_(r) {
    of_.rows_.emplace(r.row.id, &r);
  }
  listing(const listing&) = delete;
  listing& operator=(const listing&) = delete;
  ~listing() {
    of_.leave_place(row_);
    of_.rows_.erase(row_.row.id);
  }

 private:
  failover_supervisor_state& of_;
  row_in_flight& row_;
};

/// One message, from its claim to the write that gives it back or ends it.
task<result<done>> failover_supervisor_state::deliver(row_in_flight claimed) {
  auto& r = claimed;
  const listing listed(*this, r);
  if (auto content = open_content(r.row, *keys_)) {
    r.content = std::move(*content);
  } else {
    // Nobody can ever send it: its key is gone, or its row was altered.
    self_.meter->health.note_error("a message's parameters do not open", clock_());
    co_return co_await end(&r, {final_state::dead, finish_reason::rejected});
  }
  bool look_at_code = r.wanted == still_wanted::unknown;
  while (true) {
    if (std::exchange(look_at_code, false))
      co_await check(&r);
    auto decision = decide(r);
    if (const auto* wait = std::get_if<wait_until>(&decision.action)) {
      r.progress = std::move(decision.progress);
      co_return co_await reschedule(&r, *wait);
    }
    if (const auto* why = std::get_if<finish>(&decision.action)) {
      r.progress = std::move(decision.progress);
      co_return co_await end(&r, *why);
    }
    const auto provider =
        roster_.find(std::get<send_now>(decision.action).provider).value_or(0);
    if (r.held != provider) {
      leave_place(r);
      roster_.places(provider).hold(1);
      r.held = provider;
    }
    // A failed try is in the store before the next provider is tried; a first try needs
    // no write of its own.
    const auto attempt = attempt_of(r);
    r.progress = std::move(decision.progress);
    r.provider = provider;
    if (attempt
        && co_await write(&r,
                          storage::record_attempt{r.row.id, 0, r.progress.total_tries,
                                                  encode_progress(r.progress), *attempt})
               != written::kept)
      co_return done{};
    r.outcome.reset();
    if (stopping_ || clock_() >= r.row.expires_at)
      continue;
    if (now() - r.wanted_as_of > config_.rules.recheck) {
      // The store has kept us waiting since: the code may have been used.
      not_tried(r);
      look_at_code = true;
      continue;
    }
    if (r.lease_ends - now() <= providers_[provider].timeout + config_.lease_margin) {
      // Another process may take it before this send is over: leave it to its next owner.
      ++counts_.lease_too_short;
      co_return done{};
    }
    look_at_code = co_await send(&r);
    maybe_claim();
  }
}

/// Before every attempt: is the code still of use?
task<done> failover_supervisor_state::check(row_in_flight* r) {
  r->stage = row_stage::checking;
  r->wanted_as_of = now();
  if (r->row.code == 0) {
    r->wanted = still_wanted::wanted;
    co_return done{};
  }
  const auto answer =
      co_await ask(peers_.codes, config_.cache_timeout,
                   is_code_wanted{{r->row.phone, r->row.purpose}, r->row.code});
  if (!answer)
    self_.meter->health.note_error("code cache: " + answer.error().detail, clock_());
  r->wanted = !answer          ? still_wanted::unknown
              : answer->wanted ? still_wanted::wanted
                               : still_wanted::gone;
  co_return done{};
}

/// From what is known now.
delivery_decision failover_supervisor_state::decide(const row_in_flight& r) {
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
  if (std::holds_alternative<wait_until>(decision.action))
    tell_if_none_can_send(providers);
  return decision;
}

/// One try. Whether the code has to be looked at before the next decision.
task<bool> failover_supervisor_state::send(row_in_flight* r) {
  const auto& link = providers_[r->provider];
  if (!link.sender.runs()) {
    // It has ended, and another one is on its way.
    leave_place(*r);
    roster_.places(r->provider).lost();
    roster_.refused(r->provider, config_.rules.recheck, now());
    not_tried(*r);
    co_return true;
  }
  r->stage = row_stage::sending;
  roster_.places(r->provider).sent();
  r->held.reset();
  r->started_at = clock_();
  count_try(*r);
  auto outcome =
      co_await ask(link.sender, link.timeout + config_.sender_grace,
                   send_sms{{r->row.id, r->row.client_ref, r->row.phone, r->row.purpose,
                             r->row.template_name, r->content.parameters, r->content.lang,
                             r->row.expires_at},
                            r->last_resort});
  if (std::exchange(r->last_resort, false))
    last_resort_.ends();
  if (code_of(outcome) == errc::overloaded) {
    // The sender has given it back: nothing was sent, and it is no attempt.
    ++counts_.not_admitted;
    roster_.refused(r->provider, outcome.error().retry_after, now());
    not_tried(*r);
    co_return true;
  }
  r->outcome_at = clock_();
  if (outcome) {
    r->outcome = std::move(*outcome);
    if (r->outcome->kind == outcome_class::throttled)
      roster_.refused(r->provider, r->outcome->retry_after, now(), refusal::paused);
    else
      roster_.reopened(r->provider);
    note_region(*r);
  } else {
    // The sender was lost with the message in its hands.
    if (outcome.error().code == errc::unavailable)
      roster_.places(r->provider).lost();
    r->outcome = send_outcome{outcome_class::ambiguous,
                              "",
                              "sender",
                              std::string{describe(outcome.error().code).name},
                              {},
                              {}};
  }
  if (r->outcome->kind != outcome_class::delivered)
    self_.meter->health.note_error(roster_.name(r->provider) + ": "
                                       + std::string{to_string(r->outcome->kind)} + " "
                                       + r->outcome->provider_code,
                                   clock_());
  co_return !settles(r->outcome->kind) && !stopping_;
}

void failover_supervisor_state::count_try(const row_in_flight& r) {
  ++counts_.tries;
  const bool again = r.progress.had_before(roster_.name(r.provider));
  auto& budget = budgets_[r.provider];
  again ? budget.repeated(now()) : budget.first_try(now());
  gate_.sent(now());
}

/// The try that was decided does not come about: the provider has not had it.
void failover_supervisor_state::not_tried(row_in_flight& r) {
  std::erase(r.progress.tried, roster_.name(r.provider));
}

void failover_supervisor_state::note_region(const row_in_flight& r) {
  if (r.outcome->kind == outcome_class::delivered)
    region_refusals_.forget(r.provider, r.row.region_or_prefix());
  else if (r.outcome->kind == outcome_class::not_here && r.outcome->whole_region)
    region_refusals_.note(r.provider, r.row.region_or_prefix(), now());
}

task<result<done>> failover_supervisor_state::reschedule(row_in_flight* r,
                                                         wait_until wait) {
  const auto end =
      co_await write(r, storage::reschedule_message{
                            r->row.id, 0, wait.time, r->progress.total_tries,
                            encode_progress(r->progress), attempt_of(*r), clock_()});
  if (end == written::kept) {
    ++counts_.rescheduled;
    outbox_.made_to_wait();
    const auto left = std::chrono::ceil<milliseconds>(wait.time - clock_());
    schedule(duty::claim, std::clamp(left, milliseconds{0}, config_.poll_period));
  }
  co_return done{};
}

task<result<done>> failover_supervisor_state::end(row_in_flight* r, finish why) {
  storage::finish_message out;
  out.id = r->row.id;
  out.state = state_of(why.state);
  out.tries = r->progress.total_tries;
  out.progress = encode_progress(r->progress);
  if (why.state == final_state::delivered) {
    out.provider = roster_.name(r->provider);
    out.provider_message_id = r->outcome->provider_message_id;
  }
  out.attempt = attempt_of(*r);
  out.now = clock_();
  if (co_await write(r, out) == written::kept)
    count_end(*r, out);
  co_return done{};
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
