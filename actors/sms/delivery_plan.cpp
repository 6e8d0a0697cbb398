#include "actors/sms/delivery_plan.hpp"

#include <algorithm>
#include <cmath>

namespace tinybook {

namespace {

using std::chrono::milliseconds;

/// The Retry-After that holds the message back from the provider, if any.
const provider_hold* hold_of(const delivery_progress& progress,
                             const provider_view& provider, wall_time now) {
  const auto it = std::ranges::find_if(progress.holds, [&](const provider_hold& held) {
    const bool lifted = held.may_be_lifted() && held.since <= provider.lifted_at;
    return held.provider == provider.name && held.until > now && !lifted;
  });
  return it == progress.holds.end() ? nullptr : &*it;
}

/// Up to a tenth more than asked, so that messages refused together do not come back
/// together.
milliseconds spread(milliseconds retry_after, random_source& random) {
  auto asked = static_cast<double>(retry_after.count());
  auto more = std::ceil(asked * 0.1 * random.unit());
  return retry_after + milliseconds{static_cast<milliseconds::rep>(more)};
}

/// Records a try that did not end the message.
void record_failure(delivery_progress& progress, const delivery_input& in,
                    const delivery_rules& rules, random_source& random) {
  // Usually recorded when it was sent; not if that progress was lost in a crash.
  if (!progress.has_had(in.outcome_provider))
    progress.tried.emplace_back(in.outcome_provider);
  // The backoff counts from the last failure of the round.
  progress.next_round_at.reset();
  if (is_failure(*in.outcome))
    ++progress.total_tries;
  else if (in.outcome == outcome_class::not_here)
    progress.not_here.emplace_back(in.outcome_provider);
  else if (in.retry_after > milliseconds{0})
    progress.holds.push_back(
        {std::string{in.outcome_provider}, in.now + spread(in.retry_after, random),
         in.outcome == outcome_class::throttled ? in.outcome_at : wall_time{}});
  if (in.outcome == outcome_class::ambiguous && !rules.ambiguous_goes_on)
    progress.awaits_receipt = true;
}

/// After the last of the counted rounds the nominal delay is the cap itself.
milliseconds round_delay(const delivery_rules& rules, int round, random_source& random) {
  auto options = rules.backoff;
  if (round + 1 >= rules.max_rounds)
    options.base = options.cap;
  return backoff_delay(options, static_cast<unsigned>(round), random);
}

void start_round_if_due(delivery_progress& progress, wall_time now) {
  if (!progress.next_round_at || now < *progress.next_round_at)
    return;
  ++progress.round;
  for (auto& provider : progress.tried)
    if (!progress.had_before(provider))
      progress.tried_before.push_back(std::move(provider));
  progress.tried.clear();
  progress.next_round_at.reset();
  std::erase_if(progress.holds, [&](const auto& held) { return held.until <= now; });
}

bool may_try(const delivery_progress& progress, const provider_view& provider) {
  return provider.may_repeat || !progress.had_before(provider.name);
}

const provider_view* next_provider(const delivery_progress& progress,
                                   const delivery_input& in) {
  const provider_view* last = nullptr;
  for (const auto& provider : in.providers) {
    const bool can =
        provider.admits_from && *provider.admits_from <= in.now
        && !progress.has_had(provider.name) && !progress.is_not_for(provider.name)
        && hold_of(progress, provider, in.now) == nullptr && may_try(progress, provider);
    if (can && !provider.comes_last)
      return &provider;
    if (can && last == nullptr)
      last = &provider;
  }
  return last;
}

/// The moment before which this message certainly cannot go to that provider.
wall_time barred_until(const delivery_progress& progress, const delivery_input& in,
                       const provider_view& provider) {
  if (progress.is_not_for(provider.name))
    return in.expires_at;
  auto bar = in.now;
  if (const auto* held = hold_of(progress, provider, in.now);
      held != nullptr && !held->may_be_lifted())
    bar = held->until;
  if (progress.has_had(provider.name) && progress.next_round_at)
    bar = std::max(bar, *progress.next_round_at);
  return bar;
}

/// None can take it now: wait for the first one that might, or give up.
std::variant<send_now, wait_until, finish>
wait_for_provider(const delivery_progress& progress, const delivery_input& in,
                  const delivery_rules& rules) {
  auto recheck = in.now + rules.recheck;
  auto next = in.expires_at;
  bool hopeless = !in.providers.empty();
  for (const auto& provider : in.providers) {
    auto bar = barred_until(progress, in, provider);
    hopeless = hopeless && bar >= in.expires_at;
    auto from = provider.admits_from.value_or(recheck);
    if (const auto* held = hold_of(progress, provider, in.now); held != nullptr)
      from = std::max(from, held->until);
    from = std::min(from, in.now + rules.pause_recheck);
    if (!may_try(progress, provider))
      from = std::max(from, recheck);
    next = std::min(next, std::max(bar, from));
  }
  if (hopeless)
    return finish{final_state::expired, finish_reason::no_time_left};
  if (in.providers.empty())
    next = std::min(next, recheck);
  bool round_is_over = progress.next_round_at && next == *progress.next_round_at;
  // A delay of 0 must not become a busy loop.
  next = std::min(in.expires_at, std::max(next, in.now + milliseconds{1}));
  return wait_until{next,
                    round_is_over ? wait_reason::next_round : wait_reason::no_provider};
}

/// What ends the message, whatever the providers do.
std::optional<finish> settled(const delivery_progress& progress, const delivery_input& in,
                              const delivery_rules& rules) {
  if (in.now >= in.expires_at)
    return finish{final_state::expired, finish_reason::code_expired};
  if (in.wanted == still_wanted::gone)
    return finish{final_state::expired, finish_reason::not_wanted};
  if (!in.providers.empty()
      && std::ranges::all_of(in.providers, [&](const provider_view& provider) {
           return progress.is_not_for(provider.name);
         }))
    return finish{final_state::dead, finish_reason::unreachable};
  if (rules.max_total_tries > 0 && progress.total_tries >= rules.max_total_tries)
    return finish{final_state::dead, finish_reason::tries_used_up};
  return std::nullopt;
}

std::variant<send_now, wait_until, finish> next_step(delivery_progress& progress,
                                                     const delivery_input& in,
                                                     const delivery_rules& rules,
                                                     random_source& random) {
  if (auto end = settled(progress, in, rules))
    return *end;
  if (progress.awaits_receipt)
    return wait_until{in.expires_at, wait_reason::awaits_receipt};
  if (!in.outcome && in.now < in.run_at)
    return wait_until{std::min(in.run_at, in.expires_at), wait_reason::scheduled};
  start_round_if_due(progress, in.now);
  if (const auto* provider = next_provider(progress, in)) {
    if (in.wanted == still_wanted::unknown)
      return wait_until{std::min(in.now + rules.recheck, in.expires_at),
                        wait_reason::cache_unreachable};
    progress.tried.push_back(provider->name);
    return send_now{provider->name};
  }
  if (!progress.tried.empty() && !progress.next_round_at)
    progress.next_round_at = in.now + round_delay(rules, progress.round, random);
  return wait_for_provider(progress, in, rules);
}

} // namespace

std::string_view to_string(wait_reason reason) {
  switch (reason) {
  case wait_reason::scheduled:
    return "scheduled";
  case wait_reason::next_round:
    return "next_round";
  case wait_reason::no_provider:
    return "no_provider";
  case wait_reason::cache_unreachable:
    return "cache_unreachable";
  case wait_reason::awaits_receipt:
    return "awaits_receipt";
  }
  return "next_round";
}

std::string_view to_string(final_state state) {
  switch (state) {
  case final_state::delivered:
    return "delivered";
  case final_state::expired:
    return "expired";
  case final_state::dead:
    return "dead";
  }
  return "expired";
}

std::string_view to_string(finish_reason reason) {
  switch (reason) {
  case finish_reason::accepted:
    return "accepted";
  case finish_reason::code_expired:
    return "code_expired";
  case finish_reason::no_time_left:
    return "no_time_left";
  case finish_reason::not_wanted:
    return "not_wanted";
  case finish_reason::rejected:
    return "rejected";
  case finish_reason::unreachable:
    return "unreachable";
  case finish_reason::tries_used_up:
    return "tries_used_up";
  }
  return "code_expired";
}

delivery_decision decide_delivery(const delivery_input& input,
                                  const delivery_rules& rules, random_source& random) {
  auto progress = input.progress;
  if (input.outcome == outcome_class::delivered) {
    ++progress.total_tries;
    return {finish{final_state::delivered, finish_reason::accepted}, std::move(progress)};
  }
  if (input.outcome == outcome_class::rejected) {
    ++progress.total_tries;
    return {finish{final_state::dead, finish_reason::rejected}, std::move(progress)};
  }
  if (input.outcome)
    record_failure(progress, input, rules, random);
  auto action = next_step(progress, input, rules, random);
  return {std::move(action), std::move(progress)};
}

} // namespace tinybook
