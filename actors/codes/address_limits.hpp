#pragma once

#include "storage/support/sliding_window.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// How many times what one address may a network may; 0 = the network has no bound.
struct network_times {
  std::uint32_t in_24 = 0; ///< IPv4.
  std::uint32_t in_56 = 0; ///< IPv6, as the other.
  std::uint32_t in_48 = 0;
};

struct wider_network {
  std::string name; ///< Such as `192.0.2.0/24`.
  std::uint32_t times = 0;

  bool operator==(const wider_network&) const = default;
};

/// The networks around `limit_key` (`ip_address::limit_key`) that have a bound, the
/// narrowest first: the /24 of an IPv4 address, the /56 and /48 of an IPv6 /64. None for
/// what is no address.
[[nodiscard]] std::vector<wider_network> wider_networks(std::string_view limit_key,
                                                        const network_times& times);

/// The widest network around `limit_key`, an IPv4 /24 or an IPv6 /48; what is no address
/// is its own.
[[nodiscard]] std::string network_of_limit_key(std::string_view limit_key);

/// What a limit of each address counts against: the address, and the networks around it,
/// which may more, so that who has many addresses does not have as many limits.
struct address_limit {
  std::string_view what; ///< Of the keys, such as `send.address.hour`.
  rate_limit limit;
  limit_rule of_address = limit_rule::none;
  limit_rule of_network = limit_rule::none;
  bool for_good = false;
};

void add_address_rules(std::vector<rate_rule>& to, const address_limit& each,
                       std::string_view address, const network_times& times);

} // namespace tinybook
