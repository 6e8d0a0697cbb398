#include "actors/codes/send_limits.hpp"

#include <algorithm>

namespace tinybook {

rate_limit without_share(rate_limit whole, double share) {
  if (whole.off())
    return whole;
  const auto kept = static_cast<std::uint32_t>(whole.count * share);
  whole.count = std::max(whole.count - kept, std::uint32_t{1});
  return whole;
}

rate_limit part_of_ceiling(const rate_limit& ceiling, const send_limits& limits,
                           send_asker asker) {
  if (is_owner(asker))
    return ceiling;
  const auto left = asker == send_asker::verified ? 0.5 : 1.0;
  return without_share(ceiling, left * limits.owners_share);
}

namespace {

/// What one network may have of the codes of a phone; the rest is left to those
/// elsewhere.
std::vector<rate_rule> network_rules(const std::string& what, const send_limits& limits,
                                     const wanted_send& send) {
  using enum limit_rule;
  const auto from_there = send.to.e164 + '|' + network_of_limit_key(send.address);
  const auto part = [&](const rate_limit& of_phone) {
    auto there = without_share(of_phone, limits.elsewhere_share);
    if (limits.elsewhere_share > 0 && there.count == of_phone.count && there.count > 1)
      --there.count; // At least one is left elsewhere.
    return there;
  };
  return {{what + "hour|" + from_there, part(limits.phone_hour), code_phone_network_hour},
          {what + "day|" + from_there, part(limits.phone_day), code_phone_network_day}};
}

std::vector<rate_rule> stranger_rules(const send_limits& limits,
                                      const wanted_send& send) {
  using enum limit_rule;
  const auto& phone = send.to.e164;
  auto rules = network_rules("send.there.", limits, send);
  rules.insert(rules.begin(),
               {{"send.phone.hour|" + phone, limits.phone_hour, code_phone_hour},
                {"send.phone.day|" + phone, limits.phone_day, code_phone_day}});
  return rules;
}

/// Whatever strangers ask for in the owner's name. Where the account is in use there are
/// as many codes, under the same name, as for strangers there: from that nobody learns
/// that it is.
std::vector<rate_rule> owner_rules(const send_limits& limits, const wanted_send& send) {
  using enum limit_rule;
  if (send.asker == send_asker::known_network)
    return network_rules("send.at_home.", limits, send);
  const auto* what = send.asker == send_asker::session ? "send.session." : "send.owner.";
  return {{what + ("hour|" + send.to.e164), limits.owner_hour, code_owner_hour},
          {what + ("day|" + send.to.e164), limits.owner_day, code_owner_day}};
}

} // namespace

std::vector<rate_rule> send_rules(const send_limits& limits, const wanted_send& send,
                                  std::string_view home_region) {
  using enum limit_rule;
  const auto& phone = send.to;
  const bool owner = is_owner(send.asker);
  auto rules = owner ? owner_rules(limits, send) : stranger_rules(limits, send);
  add_address_rules(rules,
                    {owner ? "send.known_address.hour" : "send.address.hour",
                     limits.address_hour, code_address_hour, code_network_hour},
                    send.address, limits.networks);
  add_address_rules(rules,
                    {owner ? "send.known_address.day" : "send.address.day",
                     limits.address_day, code_address_day, code_network_day},
                    send.address, limits.networks);
  const auto part = [&](const rate_limit& ceiling) {
    return part_of_ceiling(ceiling, limits, send.asker);
  };
  if (phone.region != home_region)
    rules.push_back({"send.region.hour|" + phone.region_or_prefix(),
                     part(limits.region_hour), code_region_hour});
  rules.push_back({"send.all.hour", part(limits.all_hour), code_all_hour});
  rules.push_back({"send.all.day", part(limits.all_day), code_all_day});
  return rules;
}

} // namespace tinybook
