#include "storage/support/sliding_window.hpp"

#include "storage/support/shrink.hpp"

#include <algorithm>

namespace tinybook {

namespace {

/// Each take adds at most one key, so a few steps per take keep up.
constexpr std::size_t sweep_steps = 4;

using verdict = rate_decision::verdict;

/// The events that are in the window at `now`.
std::size_t live_events(const std::vector<tick>& events, rate_limit limit, tick now) {
  const auto left = std::ranges::partition_point(
      events, [&](tick event) { return event + limit.window <= now; });
  return static_cast<std::size_t>(events.end() - left);
}

} // namespace

void window_limiter::advance(tick now) {
  latest_ = std::max(latest_, now);
}

rate_decision window_limiter::decide(const table::value_type* entry, rate_limit limit,
                                     std::uint32_t cost) const {
  if (cost > limit.count)
    return {verdict::limited, limit.window};
  if (entry == nullptr)
    return {};
  const auto& events = entry->second.events;
  const auto live = live_events(events, limit, latest_);
  if (live + cost <= limit.count)
    return {};
  // This many of the oldest live events must leave first; the last of them decides when.
  const auto leaving = live + cost - limit.count;
  const auto& last = events[events.size() - live + leaving - 1];
  return {verdict::limited, last + limit.window - latest_};
}

rate_decision window_limiter::peek(std::string_view key, rate_limit limit, tick now,
                                   std::uint32_t cost) {
  advance(now);
  if (limit.off())
    return {};
  const auto found = windows_.find(key);
  return decide(found == windows_.end() ? nullptr : &*found, limit, cost);
}

rate_decision window_limiter::take(std::string_view key, rate_limit limit, tick now,
                                   std::uint32_t cost) {
  advance(now);
  sweep(sweep_steps);
  if (limit.off())
    return {};
  auto found = windows_.find(key);
  const auto decided = decide(found == windows_.end() ? nullptr : &*found, limit, cost);
  if (!decided.admitted() || cost == 0)
    return decided;
  if (found == windows_.end()) {
    if (windows_.size() >= max_keys_ && !make_room())
      return {verdict::full, at_limit().empty() ? std::chrono::nanoseconds(limit.window)
                                                : at_limit().begin()->first - latest_};
    found = windows_.emplace(std::string(key), window{}).first;
  } else {
    remove_from_order(*found);
  }
  auto& taken = found->second;
  taken.limit = limit;
  const auto live = live_events(taken.events, limit, latest_);
  taken.events.erase(taken.events.begin(),
                     taken.events.end() - static_cast<std::ptrdiff_t>(live));
  taken.events.insert(taken.events.end(), cost, latest_);
  // A key that was busy once shall not keep its memory for ever.
  shrink_if_sparse(taken.events, {.floor = 4});
  insert_in_order(*found);
  return decided;
}

rate_decision window_limiter::peek_all(std::span<const rate_rule> rules, tick now) {
  rate_decision worst;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto decided = peek(rules[i].key, rules[i].limit, now);
    decided.rule = i;
    if (!decided.admitted()
        && (worst.admitted() || decided.retry_after > worst.retry_after))
      worst = decided;
  }
  return worst;
}

rate_decision window_limiter::take_all(std::span<const rate_rule> rules, tick now) {
  if (auto refused = peek_all(rules, now); !refused.admitted())
    return refused;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto decided = take(rules[i].key, rules[i].limit, now);
    if (decided.admitted())
      continue;
    for (std::size_t taken = 0; taken < i; ++taken)
      if (!rules[taken].limit.off())
        give_back(rules[taken].key);
    decided.rule = i;
    return decided;
  }
  return {};
}

void window_limiter::give_back(std::string_view key, std::uint32_t cost) {
  const auto found = windows_.find(key);
  if (found == windows_.end())
    return;
  remove_from_order(*found);
  auto& events = found->second.events;
  const auto returned = std::min<std::size_t>(cost, events.size());
  events.erase(events.end() - static_cast<std::ptrdiff_t>(returned), events.end());
  if (events.empty())
    windows_.erase(found);
  else
    insert_in_order(*found);
}

void window_limiter::forget(std::string_view key) {
  const auto found = windows_.find(key);
  if (found != windows_.end())
    drop(found);
}

std::size_t window_limiter::count(std::string_view key, tick now) {
  advance(now);
  const auto found = windows_.find(key);
  if (found == windows_.end())
    return 0;
  return live_events(found->second.events, found->second.limit, latest_);
}

bool window_limiter::make_room() {
  // Those whose limit has been lifted by now may go too.
  while (!at_limit().empty() && at_limit().begin()->first <= latest_) {
    auto& entry = *windows_.find(*at_limit().begin()->second);
    remove_from_order(entry);
    insert_in_order(entry);
  }
  for (const auto& below : below_limit()) {
    if (below.empty())
      continue;
    const auto nearest = windows_.find(*below.begin()->second);
    if (nearest->second.due > latest_)
      ++evicted_;
    drop(nearest);
    return true;
  }
  return false;
}

void window_limiter::sweep(std::size_t steps) {
  for (; steps > 0 && !at_limit().empty() && at_limit().begin()->first <= latest_;
       --steps) {
    auto& entry = *windows_.find(*at_limit().begin()->second);
    remove_from_order(entry);
    insert_in_order(entry);
  }
  for (const auto& below : below_limit())
    for (; steps > 0 && !below.empty() && below.begin()->first <= latest_; --steps)
      drop(windows_.find(*below.begin()->second));
}

void window_limiter::insert_in_order(table::value_type& entry) {
  auto& [key, w] = entry;
  const auto live = live_events(w.events, w.limit, latest_);
  constexpr std::size_t quarters = 4;
  const bool limited = live >= w.limit.count;
  w.used = limited ? quarters : live * quarters / w.limit.count;
  // At the limit: until fewer than `count` are live. Else: until the last one has left.
  const auto& decisive =
      limited ? w.events[w.events.size() - w.limit.count] : w.events.back();
  w.due = decisive + w.limit.window;
  orders_.at(w.used).emplace(w.due, &key);
}

void window_limiter::remove_from_order(table::value_type& entry) {
  auto& [key, w] = entry;
  orders_.at(w.used).erase({w.due, &key});
}

void window_limiter::drop(table::iterator entry) {
  remove_from_order(*entry);
  windows_.erase(entry);
}

} // namespace tinybook
