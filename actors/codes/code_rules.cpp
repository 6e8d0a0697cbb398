#include "actors/codes/code_rules.hpp"

#include "storage/support/crypto.hpp"
#include "storage/support/erase_at.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

using std::chrono::milliseconds;

/// The codes that anybody can enter unless they have expired.
template <class State>
auto last_two(State& state) {
  auto skip = state.codes.size() - std::min(state.codes.size(), codes_that_verify);
  return std::span(state.codes).subspan(skip);
}

bool lives(const live_code& code, wall_time now) {
  return now < code.expires_at;
}

bool asked_by(const live_code& code, std::string_view asker) {
  return !asker.empty() && constant_time_equal(code.asker, asker);
}

/// The time until `then`, rounded up so that who waits that long has waited enough.
milliseconds wait_for(wall_time now, wall_time then) {
  return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(then - now));
}

bool day_is_over(const code_state& state, wall_time now, const code_rules& rules) {
  return now >= state.others_since + rules.day;
}

/// What a client may do with the live codes of a state.
struct standing {
  std::vector<live_code*> open; ///< Those compared with what it enters.
  std::vector<live_code*> own;  ///< Those of `open` that it asked for.
  bool any_live = false;
  bool day_spent = false; ///< It is one of the others, and their day is used up.
};

standing standing_of(code_state& state, wall_time now, std::string_view asker,
                     const code_rules& rules) {
  standing mine;
  std::vector<live_code*> foreign;
  const auto older = state.codes.size() - last_two(state).size();
  for (std::size_t i = 0; i < state.codes.size(); ++i) {
    auto& code = state.codes[i];
    const bool own = asked_by(code, asker) && verifies(state.codes, i);
    if (!lives(code, now) || (!own && i < older))
      continue;
    mine.any_live = true;
    if (!own)
      foreign.push_back(&code);
    else if (code.tries_left > 0)
      mine.own.push_back(&code);
  }
  mine.open = mine.own;
  mine.day_spent = mine.own.empty() && rules.others_per_day > 0
                   && state.others_used >= rules.others_per_day;
  for (auto* code : foreign)
    if (!mine.own.empty() || (!mine.day_spent && code->others_left > 0))
      mine.open.push_back(code);
  return mine;
}

/// Compares with every candidate, even after a match, so that the time taken reveals
/// nothing.
bool matches(const live_code& code, std::span<const candidate_hash> candidates) {
  bool found = false;
  if (code.hash.empty())
    return false;
  for (const auto& candidate : candidates) {
    bool equal = constant_time_equal(candidate.hash, code.hash);
    found |= equal && candidate.key_id == code.key_id;
  }
  return found;
}

void count_wrong_try(code_state& state, const standing& mine, wall_time now) {
  if (!mine.own.empty()) {
    for (auto* code : mine.own)
      --code->tries_left;
    return;
  }
  for (auto* code : mine.open)
    --code->others_left;
  if (state.others_used == 0)
    state.others_since = now;
  ++state.others_used;
}

/// A new send helps unless the day of the others is used up.
milliseconds refused_for(const code_state& state, const standing& mine, wall_time now,
                         const code_rules& rules) {
  if (mine.day_spent)
    return wait_for(now, state.others_since + rules.day);
  return wait_for(now, state.last_sent + rules.cooldown);
}

} // namespace

std::string_view to_string(verify_outcome outcome) {
  switch (outcome) {
  case verify_outcome::accepted:
    return "accepted";
  case verify_outcome::wrong:
    return "wrong";
  case verify_outcome::no_live_code:
    return "no_live_code";
  case verify_outcome::too_many_tries:
    return "too_many_tries";
  case verify_outcome::held:
    return "held";
  }
  return "no_live_code";
}

result<code_state> issue(code_state state, wall_time now, new_code code,
                         const code_rules& rules) {
  // Even with a clock that was set back, or that differs between replicas, nobody waits
  // longer than about the cooldown.
  auto since = std::chrono::abs(now - state.last_sent);
  if (state.last_sent != wall_time{} && since < rules.cooldown)
    return failure{
        errc::send_cooldown,
        std::min(rules.cooldown, wait_for(now, state.last_sent + rules.cooldown))};
  while (!state.codes.empty()
         && (state.codes.size() >= codes_kept || !lives(state.codes.front(), now)))
    static_cast<void>(erase_at(state.codes, 0));
  state.codes.push_back({.code_id = code.code_id,
                         .hash = std::move(code.hash),
                         .key_id = std::move(code.key_id),
                         .expires_at = now + rules.valid,
                         .asker = std::move(code.asker),
                         .tries_left = rules.tries_per_send,
                         .others_left = rules.others_per_send});
  state.last_sent = now;
  return state;
}

result<code_state> replace(code_state state, wall_time now, std::int64_t replaced,
                           new_code code) {
  auto codes = last_two(state);
  auto it = std::ranges::find(codes, replaced, &live_code::code_id);
  if (it == codes.end() || !lives(*it, now))
    return failure{errc::wrong_state, "the code to be replaced does not live"};
  it->replaced_id = std::exchange(it->code_id, code.code_id);
  it->replaced_hash = std::exchange(it->hash, std::move(code.hash));
  it->replaced_key_id = std::exchange(it->key_id, std::move(code.key_id));
  return state;
}

verified_state verify(code_state state, wall_time now,
                      std::span<const candidate_hash> candidates, std::string_view asker,
                      const code_rules& rules) {
  if (day_is_over(state, now, rules))
    state.others_used = 0;
  auto mine = standing_of(state, now, asker, rules);
  verify_verdict verdict;
  if (!mine.any_live)
    return {std::move(verdict), std::move(state)};
  if (mine.open.empty()) {
    verdict.outcome = verify_outcome::too_many_tries;
    verdict.retry_after = refused_for(state, mine, now, rules);
    return {std::move(verdict), std::move(state)};
  }
  for (const auto* code : mine.open)
    if (matches(*code, candidates))
      verdict.matched.push_back(code->code_id);
  if (verdict.matched.empty()) {
    verdict.outcome = verify_outcome::wrong;
    count_wrong_try(state, mine, now);
  } else {
    verdict.outcome = verify_outcome::accepted;
    std::ranges::sort(verdict.matched);
  }
  return {std::move(verdict), std::move(state)};
}

code_state consume(code_state state, std::span<const std::int64_t> matched) {
  const auto is_used = [&](const live_code& code) {
    return std::ranges::find(matched, code.code_id) != matched.end();
  };
  if (std::ranges::any_of(state.codes, is_used))
    state.codes.clear();
  return state;
}

bool wanted(const code_state& state, std::int64_t code_id, wall_time now) {
  return std::ranges::any_of(last_two(state), [&](const live_code& code) {
    return code.code_id == code_id && lives(code, now);
  });
}

code_state withdraw(code_state state, std::int64_t code_id) {
  auto it = std::ranges::find(state.codes, code_id, &live_code::code_id);
  if (it == state.codes.end())
    return state;
  if (it->replaced_id != 0) {
    it->code_id = std::exchange(it->replaced_id, 0);
    it->hash = std::exchange(it->replaced_hash, {});
    it->key_id = std::exchange(it->replaced_key_id, {});
    return state;
  }
  bool newest = std::next(it) == state.codes.end();
  static_cast<void>(erase_at(state.codes, it - state.codes.begin()));
  if (newest)
    state.last_sent = {};
  return state;
}

wall_time live_until(const code_state& state) {
  wall_time end{};
  for (const auto& code : state.codes)
    end = std::max(end, code.expires_at);
  return end;
}

wall_time matters_until(const code_state& state, const code_rules& rules) {
  auto end = live_until(state);
  if (state.last_sent != wall_time{})
    end = std::max(end, state.last_sent + rules.cooldown);
  if (state.others_used > 0)
    end = std::max(end, state.others_since + rules.day);
  return end;
}

bool expired_entirely(const code_state& state, wall_time now, const code_rules& rules) {
  return now >= matters_until(state, rules);
}

} // namespace tinybook
