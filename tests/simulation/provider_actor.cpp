#include "tests/simulation/provider_actor.hpp"

#include "actors/sms/messages.hpp"
#include "actors/system/ask.hpp"

#include <caf/all.hpp>

#include <utility>

namespace tinybook::sim {

using std::chrono::milliseconds;

namespace {

send_outcome outcome_of(outcome_class kind, milliseconds took) {
  send_outcome out;
  out.kind = kind;
  out.took = took;
  return out;
}

} // namespace

auto provider_actor_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) {
        // As a blocked thread would: not before the call has returned.
        pending_reply<actor_status> reply{self_};
        if (reply_)
          waiting_.push_back(reply);
        else
          reply(actor_status{});
        return reply.promise();
      },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [this](const timer_fired& fired) { end(fired); },
      [this](const run_send& command) { return take(command); },
  };
}

caf::result<send_outcome> provider_actor_state::take(const run_send& command) {
  auto& w = *line_.w;
  const auto at = self_->clock().now();
  present_ = {line_.life,
              line_.provider,
              line_.sender,
              command.message.id,
              command.message.client_ref,
              at,
              line_.timeout,
              0};
  const auto row = w.outbox.run(storage::find_message{command.message.id});
  w.tell("life " + std::to_string(line_.life) + " sends row "
         + std::to_string(command.message.id) + " to provider "
         + std::to_string(line_.provider));
  if (row)
    w.truth.send_begins(present_, row->message, w.wall(), w.database_wall(), w.slack);
  auto [outcome, took] = decide(command.message.phone);
  outcome_ = std::move(outcome);
  if (outcome_.kind == outcome_class::delivered) {
    // The same for each copy, since it depends on the client reference.
    outcome_.provider_message_id = "m" + std::to_string(command.message.id);
    if (!w.answers && w.happens(0.1))
      report_early(command.message);
  }
  auto promise = reply_.emplace(self_).promise();
  self_->delayed_send(self_.handle(), took, timer_fired{++number_});
  return promise;
}

void provider_actor_state::report_early(const outgoing_sms& message) {
  storage::receipt report;
  report.provider_message_id = outcome_.provider_message_id;
  report.client_ref = message.client_ref;
  report.phone = message.phone;
  report.delivered = line_.w->quiet || line_.w->happens(0.5);
  const auto provider = std::to_string(line_.provider);
  ask(self_, line_.supervisor, line_.timeout, take_receipts{provider, {report}},
      [w = line_.w, row = message.id, provider](const result<receipts_taken>& taken) {
        if (taken)
          w->truth.report_taken(row, provider);
      });
}

std::pair<send_outcome, milliseconds>
provider_actor_state::decide(const std::string& phone) {
  auto& w = *line_.w;
  if (w.answers)
    return w.answers(line_.provider, present_.row);
  const milliseconds quick{20 + w.pick(200)};
  const milliseconds never{60'000};
  switch (w.providers[line_.provider]) {
  case mood::well:
    return {outcome_of(outcome_class::delivered, quick), quick};
  case mood::failing:
    return {outcome_of(outcome_class::provider_down, quick), quick};
  case mood::partial:
    return {outcome_of(w.happens(0.5) ? outcome_class::provider_down
                                      : outcome_class::delivered,
                       quick),
            quick};
  case mood::hanging:
    return {outcome_of(outcome_class::ambiguous, never), never};
  case mood::dropping:
    return {outcome_of(outcome_class::ambiguous, quick), quick};
  case mood::throttling: {
    auto out = outcome_of(outcome_class::throttled, quick);
    out.retry_after =
        w.happens(0.1) ? std::chrono::days{1} : milliseconds{w.pick(5) * 1000};
    return {out, quick};
  }
  case mood::slow: {
    const milliseconds slow{3000 + w.pick(1900)};
    return {outcome_of(outcome_class::delivered, slow), slow};
  }
  case mood::closed_region: {
    auto out = outcome_of(outcome_class::delivered, quick);
    if (phone.starts_with(other_region_prefix)) {
      out.kind = outcome_class::not_here;
      out.whole_region = true;
    }
    return {out, quick};
  }
  case mood::choosy: {
    auto out = outcome_of(outcome_class::delivered, quick);
    switch (phone.back() % 3) {
    case 0:
      out.kind = outcome_class::not_here;
      break;
    case 1:
      out.kind = outcome_class::number_limited;
      out.retry_after = milliseconds{w.pick(30) * 1000};
      break;
    default:
      break;
    }
    return {out, quick};
  }
  }
  return {outcome_of(outcome_class::provider_down, quick), quick};
}

void provider_actor_state::end(const timer_fired& fired) {
  if (fired.generation != number_ || !reply_)
    return;
  auto& w = *line_.w;
  w.tell("row " + std::to_string(present_.row) + ": "
         + std::string{to_string(outcome_.kind)});
  // Even where time passed before this was handled: a call is aborted at its deadline.
  const bool in_time =
      outcome_.took < line_.timeout && self_->clock().now() < present_.at + line_.timeout;
  auto outcome = outcome_;
  if (!in_time)
    outcome.kind = outcome_class::ambiguous;
  w.truth.send_ends(present_, outcome, self_->clock().now());
  auto reply = std::exchange(reply_, std::nullopt);
  (*reply)(std::move(outcome));
  for (auto& status : std::exchange(waiting_, {}))
    status(actor_status{});
}

} // namespace tinybook::sim
