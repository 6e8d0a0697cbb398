#include "config/suggestion.hpp"

#include <algorithm>
#include <vector>

namespace tinybook::config {

namespace {

// A name this long is no misspelling; the cost of comparing stays bounded.
constexpr std::size_t longest_name = 128;

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1,
                                             std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j)
    cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min(
          {cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::string_view closest(std::string_view name, std::span<const std::string> candidates) {
  if (name.size() > longest_name)
    return {};
  auto nearest = std::max<std::size_t>(2, name.size() / 3) + 1;
  std::string_view found;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(name, candidate);
    if (distance < nearest) {
      nearest = distance;
      found = candidate;
    }
  }
  if (!found.empty())
    return found;
  const auto same_end = std::ranges::find_if(
      candidates, [name](std::string_view c) { return last_part(c) == last_part(name); });
  return same_end == candidates.end() ? std::string_view{} : *same_end;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const auto found = closest(name, candidates);
  return found.empty() ? std::string{} : "; did you mean \"" + std::string{found} + "\"?";
}

} // namespace tinybook::config
