#pragma once

#include "actors/codes/phone_number.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// How many codes may be sent; a count of 0 = off.
struct send_limits {
  rate_limit phone_hour;
  rate_limit phone_day;
  rate_limit address_hour;
  rate_limit address_day;
  /// For each region but the default one.
  rate_limit region_hour;
};

/// The limits that one send to `phone` at the request of `address` counts against.
/// `home_region` is the default region.
[[nodiscard]] std::vector<rate_rule> send_rules(const send_limits& limits,
                                                const phone_number& phone,
                                                std::string_view address,
                                                std::string_view home_region);

} // namespace tinybook
