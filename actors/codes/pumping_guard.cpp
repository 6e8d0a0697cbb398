#include "actors/codes/pumping_guard.hpp"

#include <algorithm>

namespace tinybook {

using std::chrono::milliseconds;

std::string_view to_string(prefix_standing standing) {
  switch (standing) {
  case prefix_standing::fine:
    return "fine";
  case prefix_standing::alarmed:
    return "alarmed";
  case prefix_standing::held:
    return "held";
  }
  return "fine";
}

double guarded_prefix::share() const {
  return delivered == 0 ? 1.0
                        : static_cast<double>(verified) / static_cast<double>(delivered);
}

bool pumping_guard::below_floor(const storage::verified_share& share,
                                std::int64_t min_samples) const {
  return share.delivered >= std::max<std::int64_t>(min_samples, 1)
         && static_cast<double>(share.verified)
                < rules_.floor * static_cast<double>(share.delivered);
}

prefix_standing pumping_guard::standing_of(const storage::verified_share& share) const {
  if (!rules_.enabled || !below_floor(share, rules_.min_samples))
    return prefix_standing::fine;
  return share.country_prefix == home_prefix_ ? prefix_standing::alarmed
                                              : prefix_standing::held;
}

std::vector<pumping_guard::change>
pumping_guard::update(const storage::verified_shares& shares, wall_time now) {
  std::map<std::string, guarded_prefix, std::less<>> fresh;
  for (const auto& s : shares.prefixes)
    fresh[s.country_prefix] = {s.delivered, s.verified, standing_of(s), now};
  std::vector<change> changes;
  for (auto& [prefix, state] : fresh) {
    auto before = prefixes_.find(prefix);
    auto old = before == prefixes_.end() ? guarded_prefix{} : before->second;
    if (state.standing != old.standing)
      changes.push_back({prefix, state});
    else if (before != prefixes_.end())
      state.since = old.since;
  }
  for (const auto& [prefix, old] : prefixes_)
    if (old.standing != prefix_standing::fine && !fresh.contains(prefix))
      changes.push_back({prefix, {0, 0, prefix_standing::fine, now}});
  prefixes_ = std::move(fresh);
  addresses_.clear();
  for (const auto& s : shares.addresses)
    if (is_held(s.country_prefix) && below_floor(s, rules_.min_samples_per_address))
      addresses_.emplace(s.country_prefix, s.client_address);
  return changes;
}

bool pumping_guard::is_held(std::string_view prefix) const {
  auto it = prefixes_.find(prefix);
  return it != prefixes_.end() && it->second.standing == prefix_standing::held;
}

guard_verdict pumping_guard::judge(std::string_view prefix,
                                   std::string_view address) const {
  if (!is_held(prefix))
    return guard_verdict::pass;
  if (addresses_.contains({std::string{prefix}, std::string{address}}))
    return guard_verdict::held;
  return guard_verdict::verified_only;
}

milliseconds pumping_guard::retry_after(std::string_view prefix, wall_time now) const {
  constexpr milliseconds least{std::chrono::seconds{1}};
  auto longest = std::max(rules_.window, least);
  auto it = prefixes_.find(prefix);
  if (it == prefixes_.end())
    return least;
  auto left = std::chrono::ceil<milliseconds>(it->second.since + rules_.window - now);
  return std::clamp(left, least, longest);
}

} // namespace tinybook
