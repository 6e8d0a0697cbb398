#include "actors/sms/message_delivery.hpp"

#include "actors/codes/code_purposes.hpp"
#include "actors/codes/messages.hpp"
#include "storage/support/kill_point.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace tinybook {

namespace {

enum class written : std::uint8_t {
  kept,
  lost, ///< The lease is another's.
  given_up,
};

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

/// Lists its row while it is delivered; the place of that, if it has one then, is free
/// afterwards.
class message_delivery {
 public:
  message_delivery(failover_context& context, outbox_claims& claims,
                   row_in_flight claimed)
      : context_(context), claims_(claims), row_(std::move(claimed)) {
    claims_.list(row_);
  }
  message_delivery(const message_delivery&) = delete;
  message_delivery& operator=(const message_delivery&) = delete;
  ~message_delivery() { claims_.strike(row_); }

  task<result<done>> run() {
    if (auto content = open_content(row_.message, *context_.keys)) {
      row_.content = std::move(*content);
    } else {
      // Nobody can ever send it: its key is gone, or its row was altered.
      context_.note_error("a message's parameters do not open");
      co_return co_await end({final_state::dead, finish_reason::rejected});
    }
    bool look_at_code = row_.wanted == still_wanted::unknown;
    while (true) {
      if (std::exchange(look_at_code, false))
        co_await check();
      auto decision = decide();
      row_.progress = std::move(decision.progress);
      if (const auto* wait = std::get_if<wait_until>(&decision.action))
        co_return co_await reschedule(*wait);
      if (const auto* why = std::get_if<finish>(&decision.action))
        co_return co_await end(*why);
      const auto provider =
          roster_.find(std::get<send_now>(decision.action).provider).value_or(0);
      claims_.hold_place(row_, provider);
      // A failed try is in the store before the next provider is tried; a first try needs
      // no write of its own.
      const auto failed = attempt();
      row_.provider = provider;
      if (failed
          && co_await write(
                 storage::record_attempt{row_.message.id, 0, row_.progress.total_tries,
                                         encode_progress(row_.progress), *failed})
                 != written::kept)
        co_return done{};
      row_.outcome.reset();
      if (context_.stopping || context_.clock() >= row_.message.expires_at)
        continue;
      if (now() - row_.wanted_as_of > config_.rules.recheck) {
        // The store has kept us waiting since: the code may have been used.
        not_tried();
        look_at_code = true;
        continue;
      }
      if (row_.lease_ends - now() <= link().timeout + config_.lease_margin) {
        // Another process may take it before this send is over: it is its next owner's.
        ++context_.counts.lease_too_short;
        co_return done{};
      }
      look_at_code = co_await send();
      claims_.go_on();
    }
  }

 private:
  /// Before every attempt: is the code still of use?
  task<done> check() {
    row_.stage = row_stage::checking;
    row_.wanted_as_of = now();
    const auto& message = row_.message;
    if (message.code == 0) {
      row_.wanted = still_wanted::wanted;
      co_return done{};
    }
    const auto answer =
        co_await ask(context_.peers.codes, config_.cache_timeout,
                     is_code_wanted{{message.phone, message.purpose}, message.code});
    if (!answer)
      context_.note_error("code cache: " + answer.error().detail);
    row_.wanted = !answer          ? still_wanted::unknown
                  : answer->wanted ? still_wanted::wanted
                                   : still_wanted::gone;
    co_return done{};
  }

  /// From what is known now.
  [[nodiscard]] delivery_decision decide() {
    const auto& message = row_.message;
    const auto wall = context_.clock();
    std::vector<provider_view> views;
    if (context_.may_send())
      views = roster_.views(message.phone, message.region_or_prefix(), row_.held, wall,
                            now(), message.purpose == purpose_notice);
    auto rules = config_.rules;
    if (std::ranges::find(config_.single_copy_purposes, message.purpose)
        != config_.single_copy_purposes.end())
      rules.ambiguous_goes_on = false;
    delivery_input input{wall,          message.run_at, message.expires_at,
                         row_.progress, views,          row_.wanted};
    if (row_.outcome) {
      input.outcome = row_.outcome->kind;
      input.outcome_provider = roster_.name(row_.provider);
      input.retry_after = row_.outcome->retry_after;
      input.outcome_at = row_.outcome_at;
    }
    auto decision = decide_delivery(input, rules, *context_.random);
    if (std::holds_alternative<wait_until>(decision.action)) {
      std::vector<std::size_t> providers;
      for (const auto& view : views)
        providers.push_back(*roster_.find(view.name));
      claims_.tell_if_none_can_send(providers);
    }
    return decision;
  }

  /// One try. Whether the code has to be looked at before the next decision.
  task<bool> send() {
    const auto& message = row_.message;
    auto& places = roster_.places(row_.provider);
    if (!link().sender.runs()) {
      // It has ended, and another one is on its way.
      claims_.leave_place(row_);
      places.lost();
      roster_.refused(row_.provider, config_.rules.recheck, now());
      not_tried();
      co_return true;
    }
    row_.stage = row_stage::sending;
    places.sent();
    row_.held.reset();
    row_.started_at = context_.clock();
    count_try();
    auto outcome = co_await ask(
        link().sender, link().timeout + config_.sender_grace,
        send_sms{{message.id, message.client_ref, message.phone, message.purpose,
                  message.template_name, row_.content.parameters, row_.content.lang,
                  message.expires_at},
                 row_.last_resort});
    if (std::exchange(row_.last_resort, false))
      claims_.last_resort_ends();
    if (code_of(outcome) == errc::overloaded) {
      // The sender has given it back: nothing was sent, and it is no attempt.
      ++context_.counts.not_admitted;
      roster_.refused(row_.provider, outcome.error().retry_after, now());
      not_tried();
      co_return true;
    }
    row_.outcome_at = context_.clock();
    if (outcome) {
      row_.outcome = std::move(*outcome);
      note_answer(*row_.outcome);
    } else {
      // The sender was lost with the message in its hands.
      if (outcome.error().code == errc::unavailable)
        places.lost();
      row_.outcome = send_outcome{outcome_class::ambiguous,
                                  "",
                                  "sender",
                                  std::string{describe(outcome.error().code).name},
                                  {},
                                  {}};
    }
    if (row_.outcome->kind != outcome_class::delivered)
      context_.note_error(roster_.name(row_.provider) + ": "
                          + std::string{to_string(row_.outcome->kind)} + " "
                          + row_.outcome->provider_code);
    co_return !settles(row_.outcome->kind) && !context_.stopping;
  }

  void count_try() {
    ++context_.counts.tries;
    const bool again = row_.progress.had_before(roster_.name(row_.provider));
    auto& budget = roster_.budget(row_.provider);
    again ? budget.repeated(now()) : budget.first_try(now());
    claims_.sent();
  }

  /// The try that was decided does not come about: the provider has not had it.
  void not_tried() { std::erase(row_.progress.tried, roster_.name(row_.provider)); }

  /// What it says of its provider.
  void note_answer(const send_outcome& answer) {
    if (answer.kind == outcome_class::throttled)
      roster_.refused(row_.provider, answer.retry_after, now(), refusal::paused);
    else
      roster_.reopened(row_.provider);
    const auto& region = row_.message.region_or_prefix();
    if (answer.kind == outcome_class::delivered)
      roster_.regions().forget(row_.provider, region);
    else if (answer.kind == outcome_class::not_here && answer.whole_region)
      roster_.regions().note(row_.provider, region, now());
  }

  task<result<done>> reschedule(wait_until wait) {
    const auto end = co_await write(storage::reschedule_message{
        row_.message.id, 0, wait.time, row_.progress.total_tries,
        encode_progress(row_.progress), attempt(), context_.clock()});
    if (end == written::kept) {
      ++context_.counts.rescheduled;
      claims_.made_to_wait(wait.time);
    }
    co_return done{};
  }

  task<result<done>> end(finish why) {
    storage::finish_message out;
    out.id = row_.message.id;
    out.state = state_of(why.state);
    out.tries = row_.progress.total_tries;
    out.progress = encode_progress(row_.progress);
    if (why.state == final_state::delivered) {
      out.provider = roster_.name(row_.provider);
      out.provider_message_id = row_.outcome->provider_message_id;
    }
    out.attempt = attempt();
    out.now = context_.clock();
    if (co_await write(out) == written::kept)
      count_end(out);
    co_return done{};
  }

  /// The last try, until it is written.
  [[nodiscard]] std::optional<storage::sms_attempt> attempt() {
    if (!row_.outcome)
      return std::nullopt;
    return storage::sms_attempt{row_.message.id,
                                roster_.name(row_.provider),
                                std::string{to_string(row_.outcome->kind)},
                                row_.outcome->provider_code,
                                row_.outcome->text,
                                row_.started_at,
                                row_.outcome->took};
  }

  /// The row's place, if it holds one that the next step does not need, is free at once.
  /// An acceptance is written until the store has it, for the message must not be sent
  /// again. Everything else is worth repeating only while the lease lasts.
  task<written> write(storage::message_outcome what) {
    const auto* end = std::get_if<storage::finish_message>(&what);
    const bool must_be_written =
        end != nullptr && end->state == storage::message_state::delivered;
    row_.stage = row_stage::writing;
    if (!std::holds_alternative<storage::record_attempt>(what))
      claims_.leave_place(row_);
    for (unsigned failures = 0;; ++failures) {
      kill_point("before_outcome_write");
      const auto answer = co_await claims_.outcomes().write(
          what, row_.message.lease_token, row_.repeats_write);
      row_.repeats_write = !answer;
      if (answer) {
        kill_point("after_outcome_write");
        context_.counts.leases_lost += answer->kept ? 0U : 1U;
        co_return answer->kept ? written::kept : written::lost;
      }
      if (!must_be_written && now() >= row_.lease_ends)
        co_return written::given_up;
      (void)co_await pause(
          backoff_delay(config_.claims.store_backoff, failures, *context_.random));
    }
  }

  void count_end(const storage::finish_message& end) {
    claims_.ended(1);
    switch (end.state) {
    case storage::message_state::delivered:
      ++context_.counts.delivered;
      context_.self.meter->health.error_ends(context_.clock());
      context_.counts.times.delivered(end.now - row_.message.created_at, end.tries);
      break;
    case storage::message_state::expired:
      ++context_.counts.expired;
      break;
    default:
      ++context_.counts.dead;
      context_.alerts.dead_letter(end, row_.message.purpose, now());
    }
  }

  [[nodiscard]] const provider_link& link() const {
    return context_.providers[row_.provider];
  }
  [[nodiscard]] tick now() const { return context_.now(); }

  failover_context& context_;
  outbox_claims& claims_;
  const failover_supervisor_config& config_ = context_.config;
  provider_roster& roster_ = context_.roster;
  row_in_flight row_;
};

} // namespace

task<result<done>> deliver(failover_context* context, outbox_claims* claims,
                           row_in_flight claimed) {
  message_delivery one{*context, *claims, std::move(claimed)};
  co_return co_await one.run();
}

} // namespace tinybook
