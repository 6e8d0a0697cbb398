#include "actors/codes/send_limits.hpp"
#include "tests/support/default_configs.hpp"

#include <doctest/doctest.h>

#include <set>

namespace tinybook {

namespace {

std::set<std::string> keys_of(const std::vector<rate_rule>& rules) {
  std::set<std::string> keys;
  for (const auto& r : rules)
    keys.insert(r.key);
  return keys;
}

} // namespace

TEST_CASE("a send at home counts against phone and address, by hour and day") {
  auto rules = send_rules(test::default_send_limits(), {"+8613800138000", "+86", "CN"},
                          "192.0.2.1", "CN");
  CHECK(keys_of(rules)
        == std::set<std::string>{
            "send.phone.hour|+8613800138000", "send.phone.day|+8613800138000",
            "send.address.hour|192.0.2.1", "send.address.day|192.0.2.1"});
}

TEST_CASE("a send abroad counts against its region, too") {
  auto rules = send_rules(test::default_send_limits(), {"+12025550123", "+1", "US"},
                          "192.0.2.1", "CN");
  CHECK(rules.size() == 5);
  CHECK(rules.back().key == "send.region.hour|US");
  CHECK(rules.back().limit.count == 200);
}

TEST_CASE("regions that share a country prefix count apart, home included") {
  auto jamaica = send_rules(test::default_send_limits(), {"+18765551234", "+1", "JM"},
                            "192.0.2.1", "US");
  CHECK(jamaica.back().key == "send.region.hour|JM");
  CHECK(send_rules(test::default_send_limits(), {"+12025550123", "+1", "US"}, "192.0.2.1",
                   "US")
            .size()
        == 4);
}

TEST_CASE("a number that is in no region counts against its country prefix") {
  auto rules = send_rules(test::default_send_limits(), {"+883510012345", "+883", ""},
                          "192.0.2.1", "CN");
  CHECK(rules.back().key == "send.region.hour|+883");
}

} // namespace tinybook
