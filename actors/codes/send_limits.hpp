#pragma once

#include "actors/codes/phone_number.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// How many codes may be sent (C4); a count of 0 = off.
struct send_limits {
  rate_limit phone_hour{5, std::chrono::hours{1}};
  rate_limit phone_day{10, std::chrono::hours{24}};
  rate_limit address_hour{20, std::chrono::hours{1}};
  rate_limit address_day{50, std::chrono::hours{24}};
  /// For each region but the default one.
  rate_limit region_hour{200, std::chrono::hours{1}};
};

/// What one send to `phone` from `address` counts against. `home_region` is the default
/// region.
[[nodiscard]] std::vector<rate_rule> send_rules(const send_limits& limits,
                                                const phone_number& phone,
                                                std::string_view address,
                                                std::string_view home_region);

} // namespace tinybook
