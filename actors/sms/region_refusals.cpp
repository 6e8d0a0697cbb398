#include "actors/sms/region_refusals.hpp"

#include <algorithm>

namespace tinybook {

void region_refusals::note(std::size_t provider, std::string_view region, tick now) {
  std::erase_if(until_, [now](const auto& one) { return one.second <= now; });
  until_[{provider, std::string{region}}] = now + memory_;
  if (until_.size() > most_regions)
    until_.erase(
        std::ranges::min_element(until_, {}, [](const auto& one) { return one.second; }));
}

void region_refusals::forget(std::size_t provider, std::string_view region) {
  until_.erase({provider, std::string{region}});
}

void region_refusals::forget(std::size_t provider) {
  std::erase_if(until_,
                [provider](const auto& one) { return one.first.first == provider; });
}

bool region_refusals::holds(std::size_t provider, std::string_view region,
                            tick now) const {
  const auto at = until_.find({provider, std::string{region}});
  return at != until_.end() && now < at->second;
}

std::vector<region_refusals::refusal> region_refusals::all(tick now) const {
  std::vector<refusal> out;
  for (const auto& [key, until] : until_)
    if (now < until)
      out.push_back({key.first, key.second, until});
  return out;
}

} // namespace tinybook
