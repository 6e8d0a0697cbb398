#include "actors/codes/pumping_guard.hpp"

#include <algorithm>

namespace tinybook {

using std::chrono::milliseconds;

std::string_view to_string(region_standing standing) {
  switch (standing) {
  case region_standing::fine:
    return "fine";
  case region_standing::alarmed:
    return "alarmed";
  case region_standing::held:
    return "held";
  }
  return "fine";
}

double guarded_region::share() const {
  return delivered == 0 ? 1.0
                        : static_cast<double>(verified) / static_cast<double>(delivered);
}

bool pumping_guard::below_floor(const storage::verified_share& share,
                                std::int64_t min_samples) const {
  return share.delivered >= std::max<std::int64_t>(min_samples, 1)
         && static_cast<double>(share.verified)
                < rules_.floor * static_cast<double>(share.delivered);
}

region_standing pumping_guard::standing_of(const storage::verified_share& share) const {
  if (!rules_.enabled || !below_floor(share, rules_.min_samples))
    return region_standing::fine;
  return share.region == home_region_ ? region_standing::alarmed : region_standing::held;
}

std::vector<pumping_guard::change>
pumping_guard::update(const storage::verified_shares& shares, wall_time now) {
  std::map<std::string, guarded_region, std::less<>> fresh;
  for (const auto& s : shares.regions)
    fresh[s.region] = {s.delivered, s.verified, standing_of(s), now};
  std::vector<change> changes;
  for (auto& [region, state] : fresh) {
    auto before = regions_.find(region);
    auto old = before == regions_.end() ? guarded_region{} : before->second;
    if (state.standing != old.standing)
      changes.push_back({region, state});
    else if (before != regions_.end())
      state.since = old.since;
  }
  for (const auto& [region, old] : regions_)
    if (old.standing != region_standing::fine && !fresh.contains(region))
      changes.push_back({region, {0, 0, region_standing::fine, now}});
  regions_ = std::move(fresh);
  addresses_.clear();
  held_networks_.clear();
  struct network_share {
    storage::verified_share sum;
    std::int64_t min_samples = 0;
  };
  std::map<std::pair<std::string, std::string>, network_share> around;
  for (const auto& s : shares.addresses) {
    if (standing(s.region) == region_standing::fine)
      continue;
    if (below_floor(s, rules_.min_samples_per_address))
      addresses_.emplace(s.region, s.client_address);
    for (auto& network : wider_networks(s.client_address, networks_)) {
      auto& to = around[{s.region, std::move(network.name)}];
      to.sum.delivered += s.delivered;
      to.sum.verified += s.verified;
      to.min_samples = rules_.min_samples_per_address * network.times;
    }
  }
  for (const auto& [place, share] : around)
    if (below_floor(share.sum, share.min_samples))
      held_networks_.insert(place);
  return changes;
}

region_standing pumping_guard::standing(std::string_view region) const {
  const auto it = regions_.find(region);
  return it == regions_.end() ? region_standing::fine : it->second.standing;
}

guard_verdict pumping_guard::judge(std::string_view region,
                                   std::string_view address) const {
  const auto now = standing(region);
  if (now == region_standing::fine)
    return guard_verdict::pass;
  if (addresses_.contains({std::string{region}, std::string{address}}))
    return guard_verdict::held;
  for (const auto& network : wider_networks(address, networks_))
    if (held_networks_.contains({std::string{region}, network.name}))
      return guard_verdict::held;
  return now == region_standing::held ? guard_verdict::verified_only
                                      : guard_verdict::pass;
}

milliseconds pumping_guard::retry_after(std::string_view region, wall_time now) const {
  constexpr milliseconds least{std::chrono::seconds{1}};
  auto longest = std::max(rules_.window, least);
  auto it = regions_.find(region);
  if (it == regions_.end())
    return least;
  auto left = std::chrono::ceil<milliseconds>(it->second.since + rules_.window - now);
  return std::clamp(left, least, longest);
}

} // namespace tinybook
