#include "actors/codes/address_limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <rapidcheck.h>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

constexpr network_times some_times{.in_24 = 10, .in_56 = 4, .in_48 = 9};

std::vector<rate_rule> rules_at(std::string_view address, const network_times& times) {
  std::vector<rate_rule> rules;
  add_address_rules(rules,
                    {"what",
                     {20, 1h},
                     limit_rule::code_address_hour,
                     limit_rule::code_network_hour,
                     true},
                    address, times);
  return rules;
}

} // namespace

TEST_CASE("an address is in its /24, or in its /56 and /48") {
  CHECK(wider_networks("192.0.2.77", some_times)
        == std::vector<wider_network>{{"192.0.2.0/24", 10}});
  CHECK(
      wider_networks("2001:db8:1:2ff::/64", some_times)
      == std::vector<wider_network>{{"2001:db8:1:200::/56", 4}, {"2001:db8:1::/48", 9}});
}

TEST_CASE("what is no address is in no network, nor is one without a bound") {
  CHECK(wider_networks("", some_times).empty());
  CHECK(wider_networks("unix socket", some_times).empty());
  CHECK(wider_networks("192.0.2.77", {}).empty());
  CHECK(wider_networks("2001:db8::/64", {.in_48 = 2}).size() == 1);
}

TEST_CASE("each address has the limit, a network around it so many times that") {
  const auto rules = rules_at("2001:db8:1:2ff::/64", some_times);
  REQUIRE(rules.size() == 3);
  CHECK(rules[0].key == "what|2001:db8:1:2ff::/64");
  CHECK(rules[0].limit == rate_limit{20, 1h});
  CHECK(rules[0].name == limit_rule::code_address_hour);
  CHECK(rules[1].key == "what|2001:db8:1:200::/56");
  CHECK(rules[1].limit == rate_limit{80, 1h});
  CHECK(rules[1].name == limit_rule::code_network_hour);
  CHECK(rules[2].key == "what|2001:db8:1::/48");
  CHECK(rules[2].limit == rate_limit{180, 1h});
  CHECK(rules[2].for_good);
}

TEST_CASE("whatever addresses of a network ask, it never gets more than its bound") {
  CHECK(rc::check("as a count of what was admitted says", [] {
    const network_times times{.in_24 = 3, .in_56 = 2, .in_48 = 4};
    window_limiter limiter{10'000};
    std::map<std::string, int> admitted; // By place.
    const auto asked = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 64));
    for (const auto n : asked) {
      // 32 of one /24; 4 of each of 8 /56s, of one /48.
      const bool v4 = n < 32;
      const auto in_56 = std::to_string((n - 32) / 4);
      const auto address =
          v4 ? "192.0.2." + std::to_string(n)
             : "2001:db8:1:" + in_56 + "0" + std::to_string(n % 4) + "::/64";
      std::vector<std::pair<std::string, int>> bounds{{address, 2}};
      if (v4)
        bounds.insert(bounds.end(), {{"/24", 6}});
      else
        bounds.insert(bounds.end(), {{"/56 " + in_56, 4}, {"/48", 8}});
      const bool expected = std::ranges::all_of(
          bounds, [&](const auto& one) { return admitted[one.first] < one.second; });
      std::vector<rate_rule> rules;
      add_address_rules(rules, {"what", {2, 1h}}, address, times);
      RC_ASSERT(limiter.take_all(rules, tick{}).admitted() == expected);
      if (expected)
        for (const auto& [place, most] : bounds)
          ++admitted[place];
    }
  }));
}

} // namespace tinybook
