#include "actors/codes/code_book.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tinybook {

code_book::code_book(code_rules rules, std::size_t capacity)
    : rules_(rules), capacity_(std::max<std::size_t>(capacity, 1)) {}

result<code_state> code_book::issue(const code_key& key, wall_time now, new_code code) {
  sweep(now);
  auto it = states_.find(key);
  auto issued = tinybook::issue(it == states_.end() ? code_state{} : it->second.state,
                                now, std::move(code), rules_);
  if (!issued)
    return issued;
  if (it == states_.end() && !make_room()) {
    auto wait = by_end_[live_codes].begin()->first - now;
    return failure{errc::codes_full, std::chrono::ceil<std::chrono::milliseconds>(wait)};
  }
  store(key, issued.value(), now);
  return issued;
}

result<code_state> code_book::replace(const code_key& key, wall_time now,
                                      std::int64_t replaced, new_code code) {
  sweep(now);
  const auto* state = find(key);
  auto made = tinybook::replace(state == nullptr ? code_state{} : *state, now, replaced,
                                std::move(code));
  if (made)
    store(key, made.value(), now);
  return made;
}

verified_state code_book::verify(const code_key& key, wall_time now,
                                 std::span<const candidate_hash> candidates,
                                 std::string_view asker) {
  sweep(now);
  auto it = states_.find(key);
  if (it == states_.end())
    return {};
  auto verified = tinybook::verify(it->second.state, now, candidates, asker, rules_);
  store(key, verified.state, now);
  return verified;
}

bool code_book::wanted(const code_key& key, std::int64_t code_id, wall_time now) const {
  const auto* state = find(key);
  return state != nullptr && tinybook::wanted(*state, code_id, now);
}

code_state code_book::withdraw(const code_key& key, std::int64_t code_id, wall_time now) {
  auto it = states_.find(key);
  if (it == states_.end())
    return {};
  auto state = tinybook::withdraw(it->second.state, code_id);
  store(key, state, now);
  return state;
}

void code_book::put(const code_key& key, code_state state, wall_time now) {
  sweep(now);
  bool known = states_.contains(key);
  bool room = known || make_room();
  if (room || now < live_until(state))
    store(key, std::move(state), now);
}

const code_state* code_book::find(const code_key& key) const {
  auto it = states_.find(key);
  return it == states_.end() ? nullptr : &it->second.state;
}

std::size_t code_book::sweep(wall_time now, std::size_t limit) {
  std::size_t looked_at = 0;
  for (auto of : {live_codes, cooling, budget})
    for (; looked_at < limit && has_ended(of, now); ++looked_at)
      retire_front(of, now);
  return looked_at;
}

std::pair<code_book::kind, wall_time> code_book::classify(const code_state& state,
                                                          wall_time now) const {
  if (auto end = live_until(state); now < end)
    return {live_codes, end};
  bool day_goes_on = state.others_used > 0 && now < state.others_since + rules_.day;
  return {day_goes_on ? budget : cooling, matters_until(state, rules_)};
}

void code_book::store(const code_key& key, code_state state, wall_time now) {
  auto [it, inserted] = states_.try_emplace(key);
  if (!inserted)
    unlink(*it);
  it->second.state = std::move(state);
  link_or_erase(it, now);
}

void code_book::unlink(state_map::value_type& item) {
  by_end_[item.second.why].erase({item.second.end, &item.first});
}

void code_book::link_or_erase(state_map::iterator it, wall_time now) {
  auto& [state, why, end] = it->second;
  if (expired_entirely(state, now, rules_)) {
    states_.erase(it);
    return;
  }
  std::tie(why, end) = classify(state, now);
  if (why != live_codes)
    std::vector<live_code>{}.swap(state.codes); // Expired hashes would waste memory.
  by_end_[why].emplace(end, &it->first);
}

bool code_book::has_ended(kind of, wall_time now) const {
  return !by_end_[of].empty() && by_end_[of].begin()->first <= now;
}

void code_book::retire_front(kind of, wall_time now) {
  auto it = states_.find(*by_end_[of].begin()->second);
  unlink(*it);
  link_or_erase(it, now);
}

bool code_book::make_room() {
  // Each operation sweeps first, so codes that ended no longer keep their state here.
  for (auto of : {cooling, budget})
    while (states_.size() >= capacity_ && !by_end_[of].empty()) {
      auto it = states_.find(*by_end_[of].begin()->second);
      unlink(*it);
      states_.erase(it);
    }
  return states_.size() < capacity_;
}

} // namespace tinybook
