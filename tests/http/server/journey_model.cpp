#include "tests/http/server/journey_model.hpp"

#include "http/api/error_texts.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tinybook::http {

int journey_model::sent(std::size_t client, std::string address,
                        std::optional<std::size_t> actor) {
  auto& request = requests_[++last_number_];
  request.client = client;
  request.address = std::move(address);
  request.actor = actor;
  return last_number_;
}

void journey_model::began(int number, deadline now, in_flight held) {
  auto& request = requests_.at(number);
  expect_(!std::exchange(request.has_begun, true), "a request begins twice");
  request.due = now + time_to_answer;
  if (!request.actor)
    return;
  if (held.of_address >= max_of_address)
    request.refused_as = errc::rate_limited;
  else if (held.at_actor >= max_each || held.in_all >= max_all)
    request.refused_as = errc::overloaded;
  if (request.refused_as)
    request.outcome = request.refused_as;
}

void journey_model::handler_began(int number) {
  waiting_.insert(number);
  expect_(!requests_.at(number).refused_as, "a request is past gates that are full");
}

void journey_model::handler_ended(int number, errc outcome) {
  requests_.at(number).outcome = outcome;
  waiting_.erase(number);
}

void journey_model::answered(int number, int status, int said) {
  const auto& request = requests_.at(number);
  expect_(request.outcome.has_value(), "an answer before its handler's");
  const auto outcome = request.outcome.value_or(errc::internal);
  expect_(status == (outcome == errc::none ? 200 : http_status(outcome)),
          "another answer than that of the handler");
  if (outcome == errc::none)
    expect_(said == number, "an answer of another request");
}

void journey_model::asked(std::int64_t ask, deadline due, deadline now) {
  const auto& request = requests_.at(number_of(ask));
  expect_(asks_.emplace(ask, false).second, "the same is asked twice");
  expect_(due == request.due, "an ask has another deadline");
  expect_(now < request.due, "a step begins too late");
}

void journey_model::replied(std::int64_t ask, errc code) {
  asks_[ask] = true;
  if (code != errc::none)
    requests_.at(number_of(ask)).may_fail.insert(code);
}

void journey_model::got(std::int64_t ask, errc code, deadline now) {
  const auto& request = requests_.at(number_of(ask));
  if (code == errc::deadline_exceeded)
    return expect_(now >= request.due, "a deadline is passed too early");
  ++in_time_;
  expect_(code == errc::none || request.may_fail.contains(code),
          "an ask fails as nobody said");
}

journey_model::state
journey_model::at_rest(const std::function<bool(std::size_t client)>& is_gone) {
  std::erase_if(asks_, [](const auto& ask) { return ask.second; });
  std::erase_if(waiting_,
                [&](int number) { return is_gone(requests_.at(number).client); });
  state now;
  std::set<int> holding; // A place at an actor and of an address.
  for (const int number : waiting_) {
    holding.insert(number);
    now.in_all += requests_.at(number).actor ? 1 : 0;
    now.first_due = std::min(now.first_due, requests_.at(number).due);
  }
  now.waiting = waiting_.size();
  now.frames = std::ssize(waiting_);
  for (const auto& [ask, answered] : asks_) {
    const auto number = number_of(ask);
    holding.insert(number);
    now.frames += waiting_.contains(number) ? 1 : 0;
  }
  for (const int number : holding) {
    const auto& request = requests_.at(number);
    ++now.at_actor.at(*request.actor);
    ++now.of_address[request.address];
  }
  now.late_answers = put_ - in_time_;
  return now;
}

} // namespace tinybook::http
