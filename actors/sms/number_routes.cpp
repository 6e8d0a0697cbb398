#include "actors/sms/number_routes.hpp"

#include <algorithm>

namespace tinybook {

std::optional<std::size_t> number_routes::match(std::string_view e164) const {
  const auto fits = [e164](const std::string& prefix) {
    return e164.starts_with(prefix);
  };
  if (std::ranges::any_of(closed, fits))
    return std::nullopt;
  if (prefixes.empty())
    return 0;
  std::optional<std::size_t> longest;
  for (const auto& prefix : prefixes)
    if (fits(prefix))
      longest = std::max(longest.value_or(0), prefix.size());
  return longest;
}

} // namespace tinybook
