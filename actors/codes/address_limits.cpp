#include "actors/codes/address_limits.hpp"

#include "config/ip_address.hpp"

#include <optional>
#include <utility>

namespace tinybook {

namespace {

std::optional<ip_address> address_of(std::string_view limit_key) {
  return ip_address::parse_bare(limit_key.substr(0, limit_key.find('/')));
}

} // namespace

std::string network_of_limit_key(std::string_view limit_key) {
  const auto address = address_of(limit_key);
  return address ? address->network() : std::string{limit_key};
}

std::vector<wider_network> wider_networks(std::string_view limit_key,
                                          const network_times& times) {
  std::vector<wider_network> out;
  const auto address = address_of(limit_key);
  if (!address)
    return out;
  const auto add = [&out](std::string name, std::uint32_t how_many) {
    if (how_many > 0)
      out.push_back({std::move(name), how_many});
  };
  if (address->is_v4()) {
    add(address->within_24(), times.in_24);
  } else {
    add(address->within_56(), times.in_56);
    add(address->within_48(), times.in_48);
  }
  return out;
}

void add_address_rules(std::vector<rate_rule>& to, const address_limit& each,
                       std::string_view address, const network_times& times) {
  const auto key_of = [&each](std::string_view whose) {
    return std::string{each.what} + '|' + std::string{whose};
  };
  to.push_back({key_of(address), each.limit, each.of_address, each.for_good});
  for (const auto& around : wider_networks(address, times))
    to.push_back({key_of(around.name),
                  {each.limit.count * around.times, each.limit.window},
                  each.of_network,
                  each.for_good});
}

} // namespace tinybook
