#include "actors/sms/provider_roster.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds shortest_wait{5};
constexpr milliseconds longest_wait{std::chrono::seconds{30}};
constexpr milliseconds unknown_wait{500};

} // namespace

provider_roster::provider_roster(std::vector<roster_entry> entries,
                                 const retry_budget_rules& budget,
                                 milliseconds region_memory)
    : entries_(std::move(entries)),
      accounts_(entries_.size()),
      refused_until_(entries_.size()),
      why_(entries_.size()),
      lifted_at_(entries_.size()),
      asked_(entries_.size()),
      budgets_(entries_.size(), retry_budget{budget}),
      regions_(region_memory) {}

std::optional<std::size_t> provider_roster::find(std::string_view name) const {
  const auto it = std::ranges::find(entries_, name, &roster_entry::name);
  if (it == entries_.end())
    return std::nullopt;
  return static_cast<std::size_t>(it - entries_.begin());
}

std::vector<std::size_t> provider_roster::draw_order(random_source& random) const {
  std::vector<std::size_t> order(entries_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::uint32_t total = 0;
  for (const auto& entry : entries_)
    total += entry.weight;
  if (entries_.size() < 2 || total == 0)
    return order;
  auto drawn = random.below(total);
  std::size_t first = 0;
  while (drawn >= entries_[first].weight)
    drawn -= entries_[first++].weight;
  const auto chosen = order.begin() + static_cast<std::ptrdiff_t>(first);
  std::rotate(order.begin(), chosen, chosen + 1);
  return order;
}

void provider_roster::told(std::size_t index, const provider_places& places, tick now) {
  asked_[index].reset();
  accounts_[index].told(places.life, places.taken, places.free);
  if (places.free > 0)
    reopened(index);
  else
    refused(index, places.retry_after, now, places.why);
}

bool provider_roster::ask(std::size_t index, milliseconds spacing, tick now) {
  auto& asked = asked_[index];
  if (asked && now < *asked + spacing)
    return false;
  asked = now;
  return true;
}

void provider_roster::refused(std::size_t index, milliseconds wait, tick now,
                              refusal why) {
  why_[index] = why;
  refused_until_[index] = now + std::clamp(wait, shortest_wait, longest_wait);
}

milliseconds provider_roster::wait(std::size_t index, tick now) const {
  if (admits(index, now))
    return milliseconds{0};
  if (refused_until_[index] <= now)
    return unknown_wait;
  return ceil<milliseconds>(refused_until_[index] - now);
}

tick provider_roster::next_admission(milliseconds at_most, tick now) const {
  auto next = now + at_most;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (refused_until_[i] <= now && free(i) <= 0)
      continue;
    next = std::min(next, std::max(now + shortest_wait, refused_until_[i]));
  }
  return next;
}

std::vector<provider_view> provider_roster::views(std::string_view e164,
                                                  std::string_view region,
                                                  std::optional<std::size_t> held,
                                                  wall_time wall, tick now,
                                                  bool is_notice) {
  struct candidate {
    std::size_t route;
    bool is_held;
    std::size_t index;
  };
  std::vector<candidate> found;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (const auto route = entries_[i].routes.match(e164);
        route && (entries_[i].routes.notices || !is_notice))
      found.push_back({*route, held == i, i});
  std::ranges::sort(found, [](const candidate& a, const candidate& b) {
    return std::tuple{b.route, b.is_held, a.index}
           < std::tuple{a.route, a.is_held, b.index};
  });
  std::vector<provider_view> out;
  out.reserve(found.size());
  for (const auto& [route, is_held, i] : found)
    out.push_back({.name = entries_[i].name,
                   .admits_from = is_held ? wall : wall + wait(i, now),
                   .may_repeat = budgets_[i].may_repeat(now),
                   .comes_last = regions_.holds(i, region, now),
                   .lifted_at = lifted_at_[i]});
  return out;
}

} // namespace tinybook
