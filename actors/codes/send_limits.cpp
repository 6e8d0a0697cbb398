#include "actors/codes/send_limits.hpp"

namespace tinybook {

std::vector<rate_rule> send_rules(const send_limits& limits, const phone_number& phone,
                                  std::string_view address,
                                  std::string_view home_region) {
  std::vector<rate_rule> rules{
      {"send.phone.hour|" + phone.e164, limits.phone_hour, "codes.sends_per_phone_hour"},
      {"send.phone.day|" + phone.e164, limits.phone_day, "codes.sends_per_phone_day"},
      {"send.address.hour|" + std::string{address}, limits.address_hour,
       "codes.sends_per_address_hour"},
      {"send.address.day|" + std::string{address}, limits.address_day,
       "codes.sends_per_address_day"},
  };
  if (phone.region != home_region)
    rules.push_back({"send.region.hour|" + phone.region_or_prefix(), limits.region_hour,
                     "codes.sends_per_prefix_hour"});
  return rules;
}

} // namespace tinybook
