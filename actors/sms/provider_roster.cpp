#include "actors/sms/provider_roster.hpp"

#include <algorithm>
#include <numeric>

namespace tinybook {

using std::chrono::ceil;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds shortest_wait{5};
constexpr milliseconds longest_wait{std::chrono::seconds{30}};

} // namespace

provider_roster::provider_roster(std::vector<roster_entry> entries)
    : entries_(std::move(entries)),
      refused_until_(entries_.size()),
      open_(entries_.size()) {}

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

void provider_roster::refused(std::size_t index, milliseconds wait, tick now, bool open) {
  open_[index] = open;
  refused_until_[index] = now + std::clamp(wait, shortest_wait, longest_wait);
}

milliseconds provider_roster::wait(std::size_t index, tick now) const {
  return admits(index, now) ? milliseconds{0}
                            : ceil<milliseconds>(refused_until_[index] - now);
}

std::optional<tick> provider_roster::next_admission(tick now) const {
  if (refused_until_.empty())
    return std::nullopt;
  return std::max(now + shortest_wait, *std::ranges::min_element(refused_until_));
}

std::vector<provider_view> provider_roster::views(std::string_view country_prefix,
                                                  std::optional<std::size_t> held,
                                                  wall_time wall, tick now) const {
  std::vector<provider_view> out;
  out.reserve(entries_.size());
  if (held && serves(*held, country_prefix))
    out.push_back({entries_[*held].name, wall});
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (held != i && serves(i, country_prefix))
      out.push_back({entries_[i].name, wall + wait(i, now)});
  return out;
}

bool provider_roster::serves(std::size_t index, std::string_view country_prefix) const {
  const auto& routes = entries_[index].routes;
  return routes.empty() || std::ranges::find(routes, country_prefix) != routes.end();
}

} // namespace tinybook
