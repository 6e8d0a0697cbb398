#include "actors/codes/send_limits.hpp"
#include "tests/support/default_configs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace tinybook {

namespace {

std::set<std::string> keys_of(const std::vector<rate_rule>& rules) {
  std::set<std::string> keys;
  for (const auto& r : rules)
    keys.insert(r.key);
  return keys;
}

const phone_number chinese{"+8613800138000", "+86", "CN"};

std::vector<rate_rule> rules_for(const phone_number& phone, std::string_view home = "CN",
                                 std::string_view address = "192.0.2.1",
                                 send_asker asker = send_asker::stranger) {
  return send_rules(test::default_send_limits(), {phone, address, asker}, home);
}

const rate_rule* find_rule(const std::vector<rate_rule>& rules, std::string_view key) {
  const auto at = std::ranges::find(rules, key, &rate_rule::key);
  return at == rules.end() ? nullptr : &*at;
}

} // namespace

TEST_CASE("a send at home counts against phone, address, network and the ceilings, by "
          "hour and day") {
  CHECK(keys_of(rules_for(chinese))
        == std::set<std::string>{
            "send.phone.hour|+8613800138000", "send.phone.day|+8613800138000",
            "send.there.hour|+8613800138000|192.0.2.0/24",
            "send.there.day|+8613800138000|192.0.2.0/24", "send.address.hour|192.0.2.1",
            "send.address.day|192.0.2.1", "send.address.hour|192.0.2.0/24",
            "send.address.day|192.0.2.0/24", "send.all.hour", "send.all.day"});
}

TEST_CASE("an owner shares nothing with strangers but the ceilings and the region") {
  for (const auto* address : {"192.0.2.1", "2001:db8:1:2::/64"}) {
    const phone_number abroad{"+12025550123", "+1", "US"};
    const auto strangers = keys_of(rules_for(abroad, "CN", address));
    for (const auto asker :
         {send_asker::known_browser, send_asker::session, send_asker::known_network}) {
      const auto owners = keys_of(rules_for(abroad, "CN", address, asker));
      std::set<std::string> shared;
      std::ranges::set_intersection(strangers, owners,
                                    std::inserter(shared, shared.end()));
      CHECK(shared
            == std::set<std::string>{"send.all.day", "send.all.hour",
                                     "send.region.hour|US"});
    }
  }
}

TEST_CASE(
    "one network of strangers leaves a fifth of a phone's codes to those elsewhere") {
  using namespace std::chrono_literals;
  const auto hour = [](std::string_view address, const std::string& network) {
    const auto rules = rules_for(chinese, "CN", address);
    return find_rule(rules, "send.there.hour|+8613800138000|" + network)->limit;
  };
  CHECK(hour("192.0.2.1", "192.0.2.0/24") == rate_limit{4, 1h});
  CHECK(hour("2001:db8:1:2::/64", "2001:db8:1::/48") == rate_limit{4, 1h});
  CHECK(hour("unix", "unix") == rate_limit{4, 1h});
}

TEST_CASE("of few codes of a phone one network leaves one, of a single one none") {
  using namespace std::chrono_literals;
  const auto there = [](std::uint32_t of_phone, double share) {
    auto limits = test::default_send_limits();
    limits.phone_hour = {of_phone, 1h};
    limits.elsewhere_share = share;
    const auto rules = send_rules(limits, {chinese, "192.0.2.1"}, "CN");
    return find_rule(rules, "send.there.hour|+8613800138000|192.0.2.0/24")->limit.count;
  };
  CHECK(there(3, 0.2) == 2);
  CHECK(there(2, 0.2) == 1);
  CHECK(there(1, 0.2) == 1);
  CHECK(there(3, 0) == 3);
  CHECK(there(0, 0.2) == 0);
}

TEST_CASE("a code for a session uses up none of those for a log-in") {
  const auto of_browser =
      keys_of(rules_for(chinese, "CN", "192.0.2.1", send_asker::known_browser));
  const auto of_session =
      keys_of(rules_for(chinese, "CN", "192.0.2.1", send_asker::session));
  CHECK(of_session.contains("send.session.hour|+8613800138000"));
  CHECK(of_browser.contains("send.owner.hour|+8613800138000"));
  CHECK_FALSE(of_session.contains("send.owner.day|+8613800138000"));
}

TEST_CASE("each network where an account is in use counts apart from all others") {
  const auto of = [](std::string_view address) {
    return keys_of(rules_for(chinese, "CN", address, send_asker::known_network));
  };
  CHECK(of("192.0.2.1").contains("send.at_home.hour|+8613800138000|192.0.2.0/24"));
  CHECK(of("198.51.100.1").contains("send.at_home.day|+8613800138000|198.51.100.0/24"));
  CHECK_FALSE(of("192.0.2.1").contains("send.owner.hour|+8613800138000"));
}

TEST_CASE("a refusal does not tell in which networks an account is in use") {
  const auto ends_of = [](send_asker asker) {
    std::set<std::pair<std::uint32_t, std::string_view>> out;
    for (const auto& rule : rules_for(chinese, "CN", "192.0.2.1", asker))
      if (rule.key.find(chinese.e164) != std::string::npos)
        out.emplace(rule.limit.count, name_of(rule.name));
    return out;
  };
  auto strangers = ends_of(send_asker::stranger);
  strangers.erase({5, "codes.sends_per_phone_hour"});
  strangers.erase({10, "codes.sends_per_phone_day"});
  CHECK(ends_of(send_asker::known_network) == strangers);
}

TEST_CASE("every limit of a send has a name of its own for the answer") {
  for (const auto asker : {send_asker::stranger, send_asker::known_browser}) {
    std::set<limit_rule> names;
    for (const auto& rule :
         rules_for({"+12025550123", "+1", "US"}, "CN", "192.0.2.1", asker)) {
      CHECK_FALSE(name_of(rule.name).empty());
      CHECK(names.insert(rule.name).second);
      CHECK_FALSE(rule.for_good);
    }
  }
}

TEST_CASE("by default 2000 codes are sent an hour and 10000 a day, a tenth of them to "
          "owners alone") {
  using namespace std::chrono_literals;
  const auto owners = rules_for(chinese, "CN", "192.0.2.1", send_asker::known_browser);
  CHECK(find_rule(owners, "send.all.hour")->limit == rate_limit{2000, 1h});
  CHECK(find_rule(owners, "send.all.day")->limit == rate_limit{10'000, 24h});
  const auto verified = rules_for(chinese, "CN", "192.0.2.1", send_asker::verified);
  CHECK(find_rule(verified, "send.all.hour")->limit == rate_limit{1900, 1h});
  CHECK(find_rule(verified, "send.all.day")->limit == rate_limit{9'500, 24h});
  const auto strangers = rules_for(chinese);
  CHECK(find_rule(strangers, "send.all.hour")->limit == rate_limit{1800, 1h});
  CHECK(find_rule(strangers, "send.all.day")->limit == rate_limit{9'000, 24h});
}

TEST_CASE("a ceiling that is off stays off for strangers, and one that is low bounds") {
  using namespace std::chrono_literals;
  CHECK(without_share({0, 1h}, 0.5).off());
  CHECK(without_share({1, 1h}, 0.9).count == 1);
  CHECK(without_share({10, 1h}, 0).count == 10);
  CHECK(without_share({10, 1h}, 0.9).count == 1);
}

TEST_CASE("a send abroad counts against its region, too") {
  const auto rules = rules_for({"+12025550123", "+1", "US"});
  CHECK(rules.size() == 11);
  REQUIRE(find_rule(rules, "send.region.hour|US") != nullptr);
  CHECK(find_rule(rules, "send.region.hour|US")->limit.count == 180);
  const phone_number abroad{"+12025550123", "+1", "US"};
  const auto owners = rules_for(abroad, "CN", "192.0.2.1", send_asker::known_browser);
  CHECK(find_rule(owners, "send.region.hour|US")->limit.count == 200);
}

TEST_CASE("regions that share a country prefix count apart, home included") {
  CHECK(find_rule(rules_for({"+18765551234", "+1", "JM"}, "US"), "send.region.hour|JM")
        != nullptr);
  CHECK(rules_for({"+12025550123", "+1", "US"}, "US").size() == 10);
}

TEST_CASE("a number that is in no region counts against its country prefix") {
  CHECK(find_rule(rules_for({"+883510012345", "+883", ""}), "send.region.hour|+883")
        != nullptr);
}

} // namespace tinybook
