#include "actors/codes/code_purposes.hpp"
#include "actors/system/event_log.hpp"
#include "tests/actors/codes/code_world.hpp"
#include "tests/support/caught_lines.hpp"

#include <string>
#include <vector>

namespace tinybook::test {

TEST_CASE("a second send within the cooldown is refused with the time to wait") {
  code_world w;
  w.stores->pending = true; // The cooldown is checked before a pending message.
  REQUIRE(w.send().ok());
  w.advance(20s, 1s);
  auto again = w.send();
  CHECK(again.error().code == errc::send_cooldown);
  CHECK(again.error().retry_after > 38s);
  CHECK(again.error().retry_after <= 40s);
}

TEST_CASE(
    "a second send while the message is pending is a duplicate that costs nothing") {
  code_world w;
  w.stores->pending = true;
  REQUIRE(w.send().ok());
  w.advance(61s, 1s);
  for (int i = 0; i < 20; ++i)
    CHECK(w.send().error().code == errc::sms_pending);
  w.stores->pending = false;
  CHECK(w.send().ok());
  CHECK(w.check(w.last_code()).ok());
}

TEST_CASE("a number without a route is refused before anything is counted, told once") {
  std::vector<std::string> told;
  set_log_target(
      [&](config::log_level, std::string_view event, std::span<const log_text> texts) {
        told.push_back(std::string{event} + " " + std::string{texts[0].value});
      });
  code_world w{false};
  w.verification_settings.routes = {{{"+86"}}, {{"+1876"}}};
  w.verification_settings.limits.address_hour = {1, 1h};
  w.start_all();
  for (const auto* phone : {"+447400123456", "+447400123457", "+12025550123"})
    CHECK(w.send(phone).error().code == errc::no_sms_route);
  set_log_target(nullptr);
  CHECK(told == std::vector<std::string>{"no_sms_route +44", "no_sms_route +1"});
  CHECK(w.gauge_of(w.verification.get(), "no_route") == 3);
  CHECK(w.stores->submitted.empty());
  CHECK(w.send("+18768001234").ok());
}

TEST_CASE("five sends an hour to one phone, the sixth is told when to come back") {
  code_world w;
  w.use_up_phone();
  auto sixth = w.send();
  CHECK(sixth.error().code == errc::rate_limited);
  CHECK(sixth.error().retry_after > 50min);
  CHECK(sixth.error().retry_after < 1h);
}

TEST_CASE("twenty sends an hour from one address, others go on") {
  code_world w;
  for (int i = 0; i < 20; ++i)
    REQUIRE(w.send("138001380" + std::to_string(10 + i)).ok());
  CHECK(w.send("13800138099").error().code == errc::rate_limited);
  CHECK(w.send("13800138099", client_at("192.0.2.2")).ok());
}

TEST_CASE("the answer to a send that is one too many names the limit") {
  code_world w{false};
  auto& limits = w.verification_settings.limits;
  std::string expected;
  SUBCASE("of the phone") {
    limits.phone_hour.count = 1;
    expected = "codes.sends_per_phone_hour";
  }
  SUBCASE("of the address") {
    limits.address_day.count = 1;
    limits.networks = {};
    expected = "codes.sends_per_address_day";
  }
  SUBCASE("of all") {
    limits.all_hour.count = 1;
    expected = "codes.sends_per_hour";
  }
  w.start_all();
  REQUIRE(w.send().ok());
  w.advance(61s, 1s);
  const auto refused = w.send().error();
  CHECK(refused.code == errc::rate_limited);
  CHECK(refused.retry_after > 0s);
  CHECK(name_of(refused.rule) == expected);
}

TEST_CASE("a network of IPv6 gets no more than its bound, however many addresses it "
          "has") {
  code_world w{false};
  auto& limits = w.verification_settings.limits;
  limits.address_hour.count = 2;
  limits.networks = {.in_24 = 2, .in_56 = 2, .in_48 = 3};
  w.start_all();
  int number = 0;
  const auto send_from = [&](const std::string& address) {
    return w.send("138001380" + std::to_string(10 + number++), client_at(address));
  };
  int sent = 0;
  for (const auto* address :
       {"2001:db8:1:1::/64", "2001:db8:1:2::/64", "2001:db8:1:3::/64"})
    for (int i = 0; i < 2; ++i)
      sent += send_from(address).ok() ? 1 : 0;
  CHECK(sent == 4); // Of the /56.
  CHECK(send_from("2001:db8:1:101::/64").ok());
  CHECK(send_from("2001:db8:1:201::/64").ok());
  const auto refused = send_from("2001:db8:1:301::/64").error(); // Of the /48.
  CHECK(name_of(refused.rule) == "codes.sends_per_network_hour");
  CHECK(refused.retry_after > 59min);
  CHECK(send_from("2001:db8:2::/64").ok());
  CHECK(send_from("192.0.2.1").ok());
}

TEST_CASE("whoever asks from one network does not use up a phone's codes elsewhere") {
  code_world w;
  for (int i = 1; i <= 4; ++i) {
    REQUIRE(w.send("13800138000", client_at("192.0.2." + std::to_string(i))).ok());
    w.advance(61s, 1s);
  }
  const auto fifth = w.send().error();
  CHECK(fifth.rule == limit_rule::code_phone_network_hour);
  CHECK(fifth.retry_after > 50min);
  CHECK(w.send("13800138001").ok());
  CHECK(w.send("13800138000", client_at("198.51.100.1")).ok());
}

TEST_CASE("a stolen token uses up no code of a session in the owner's known browser") {
  code_world w;
  const auto known = w.known_to_owner();
  const auto prove = [&](const client_info& from) {
    send_code m{"13800138000", std::string{purpose_step_up}, from, language::zh};
    m.account = known.device_user;
    const auto sent = w.call(w.verification, m);
    w.advance(61s, 1s);
    return sent;
  };
  for (int i = 0; i < 5; ++i)
    REQUIRE(prove(client_at("198.51.100.1")).ok());
  CHECK(prove(client_at("198.51.100.1")).error().rule == limit_rule::code_owner_hour);
  CHECK(prove(known).ok());
}

TEST_CASE("strangers who use up the codes of a phone do not use up its owner's") {
  code_world w;
  auto known = w.known_to_owner(3);
  w.use_up_phone();
  CHECK(w.send().error().rule == limit_rule::code_phone_hour);
  SUBCASE("who asks from the browser that the account knows") {
    for (int i = 0; i < 5; ++i) {
      CHECK(w.send("13800138000", known).ok());
      w.advance(61s, 1s);
    }
    const auto sixth = w.send("13800138000", known).error();
    CHECK(sixth.rule == limit_rule::code_owner_hour);
    CHECK(w.gauge_of(w.verification.get(), "by_owners") == 5);
  }
  SUBCASE("but a browser known to another account is a stranger") {
    known.device_user = 8;
    CHECK_FALSE(w.send("13800138000", known).ok());
  }
  SUBCASE("and so is one from before the password was set anew") {
    known.device_epoch = 2;
    CHECK_FALSE(w.send("13800138000", known).ok());
  }
}

TEST_CASE("nor those of who asks from where the account has a session, in any browser") {
  code_world w;
  (void)w.known_to_owner();
  storage::session_family used{.id = "f", .user = 7, .expires_at = w.now() + 30 * 24h};
  used.network = "192.0.2.0/24";
  w.stores->families["f"] = used;
  w.use_up_phone();
  const auto send_from = [&](const std::string& address, const std::string& network) {
    auto client = client_at(address);
    client.network = network;
    const auto sent = w.send("13800138000", client);
    w.advance(61s, 1s);
    return sent;
  };
  SUBCASE("with a bound of their own") {
    for (int i = 1; i <= 4; ++i)
      CHECK(send_from("192.0.2." + std::to_string(i), "192.0.2.0/24").ok());
    CHECK(send_from("192.0.2.6", "192.0.2.0/24").error().rule
          == limit_rule::code_phone_network_hour);
  }
  SUBCASE("but elsewhere they are strangers") {
    CHECK(send_from("203.0.113.1", "203.0.113.0/24").error().rule
          == limit_rule::code_phone_hour);
    CHECK_FALSE(send_from("unix", "").ok());
  }
  SUBCASE("and so are they when the session has ended") {
    w.stores->families["f"].revoked_at = w.now();
    CHECK_FALSE(send_from("192.0.2.1", "192.0.2.0/24").ok());
  }
}

TEST_CASE("an owner's codes have a limit of a day, which is named") {
  code_world w{false};
  w.verification_settings.limits.owner_day = {2, 24h};
  w.start_all();
  const auto known = w.known_to_owner();
  for (int i = 0; i < 2; ++i) {
    CHECK(w.send("13800138000", known).ok());
    w.advance(2h, 1h);
  }
  const auto third = w.send("13800138000", known).error();
  CHECK(third.rule == limit_rule::code_owner_day);
  CHECK(third.retry_after == 20h);
  CHECK(w.send().ok()); // Those of strangers are others.
}

TEST_CASE("strangers at the owner's address do not use up the owner's codes") {
  code_world w;
  const auto known = w.known_to_owner();
  for (int i = 0; i < 20; ++i)
    REQUIRE(w.send("138001381" + std::to_string(10 + i)).ok());
  CHECK_FALSE(w.send().ok());
  CHECK(w.send("13800138000", known).ok());
}

TEST_CASE("all codes together have a ceiling, which warns once before it is reached") {
  code_world w{false};
  w.verification_settings.limits.all_hour.count = 10;
  w.verification_settings.limits.owners_share = 0;
  caught_lines log;
  w.start_all();
  const auto at = w.verification.get();
  for (int i = 0; i < 7; ++i)
    REQUIRE(w.send_as_stranger().ok());
  CHECK(log.take("send_ceiling_near").empty());
  CHECK(w.gauge_of(at, "ceiling.hour") == 7);
  CHECK(w.gauge_of(at, "ceiling.hour.alarmed") == 0);
  for (int i = 0; i < 3; ++i)
    REQUIRE(w.send_as_stranger().ok());
  CHECK(log.take("send_ceiling_near")
        == std::vector<std::string>{
            "send_ceiling_near rule=codes.sends_per_hour used=8 of=10"});
  CHECK(w.verification.meter()->health.last_error().text
        == "codes: 8 of 10 of codes.sends_per_hour are used up");
  for (int i = 0; i < 20; ++i)
    CHECK(w.send_as_stranger().error().rule == limit_rule::code_all_hour);
  CHECK(log.take("send_ceiling_near").empty());
  CHECK(w.gauge_of(at, "ceiling.hour") == 10);
  CHECK(w.gauge_of(at, "ceiling.hour.alarmed") == 1);
  w.advance(1h, 1min);
  CHECK(w.gauge_of(at, "ceiling.hour.alarmed") == 0);
  CHECK(w.send_as_stranger().ok());
  CHECK(w.gauge_of(at, "ceiling.hour") == 1);
  CHECK(w.verification.meter()->health.last_error().ended.has_value());
}

TEST_CASE(
    "a ceiling that others have reached is told at the first send that it refuses") {
  code_world w{false};
  w.verification_settings.limits.all_hour.count = 10;
  caught_lines log;
  w.start_all();
  // As another replica does.
  const rate_rule of_all{"send.all.hour", {10, 1h}, limit_rule::code_all_hour};
  for (int i = 0; i < 10; ++i)
    REQUIRE(w.call(w.limiter, take_permits{{of_all}})->decision.admitted());
  CHECK(w.send().error().rule == limit_rule::code_all_hour);
  // At least: strangers are refused from here on.
  CHECK(log.take("send_ceiling_near")
        == std::vector<std::string>{
            "send_ceiling_near rule=codes.sends_per_hour used=9 of=10"});
}

TEST_CASE("by default a /56 may 4 and a /48 10 times what a /64 may") {
  const auto times = default_verification().limits.networks;
  CHECK(times.in_56 == 4);
  CHECK(times.in_48 == 10);
  const auto at_log_in = accounts_from(default_settings()).log_ins.networks;
  CHECK(at_log_in.in_56 == 4);
  CHECK(at_log_in.in_48 == 10);
}

TEST_CASE("strangers who reach the ceiling leave owners their share of it") {
  code_world w{false};
  auto& settings = w.verification_settings;
  settings.limits.all_hour.count = 10;
  settings.limits.owners_share = 0.2;
  settings.sends_alarm = 1;
  caught_lines log;
  w.start_all();
  const auto known = w.known_to_owner();
  for (int i = 0; i < 8; ++i)
    REQUIRE(w.send_as_stranger().ok());
  CHECK(log.take("send_ceiling_near").size() == 1);
  CHECK(w.send_as_stranger().error().rule == limit_rule::code_all_hour);
  const auto at = w.verification.get();
  CHECK(w.gauge_of(at, "ceiling.hour") == 8);
  for (int i = 0; i < 2; ++i) {
    CHECK(w.send("13800138000", known).ok());
    w.advance(61s, 1s);
  }
  CHECK(w.send("13800138000", known).error().rule == limit_rule::code_all_hour);
  CHECK_FALSE(w.send_as_stranger().ok());
  CHECK(w.gauge_of(at, "ceiling.hour") == 10);
}

TEST_CASE(
    "a flood to any numbers leaves phones that were verified a share of the ceiling") {
  code_world w{false};
  w.verification_settings.limits.all_hour.count = 10;
  w.verification_settings.limits.owners_share = 0.4;
  w.start_all();
  const auto known = w.known_to_owner();
  w.stores->verified_phones = {"+8613800138001", "+8613800138002", "+8613800138003"};
  for (int i = 0; i < 6; ++i)
    REQUIRE(w.send_as_stranger().ok());
  CHECK(w.send_as_stranger().error().rule == limit_rule::code_all_hour);
  CHECK(w.send("13800138001").ok());
  CHECK(w.send("13800138002").ok());
  CHECK(w.send("13800138003").error().rule == limit_rule::code_all_hour);
  CHECK(w.send("13800138000", known).ok());
}

TEST_CASE("a send that was not accepted does not count under the ceiling") {
  code_world w{false};
  w.verification_settings.limits.all_hour.count = 2;
  w.start_all();
  REQUIRE(w.send().ok());
  for (int i = 0; i < 5; ++i)
    CHECK(w.send().error().code == errc::send_cooldown);
  CHECK(w.send("13800138001").ok());
  CHECK(w.send("13800138002").error().rule == limit_rule::code_all_hour);
}

TEST_CASE("a foreign prefix has a limit of its own, the home prefix has none") {
  code_world w{false};
  w.verification_settings.limits.region_hour.count = 2;
  w.start_all();
  REQUIRE(w.send("+12025550123").ok());
  REQUIRE(w.send("+12025550124").ok());
  CHECK(w.send("+12025550125").error().code == errc::rate_limited);
  for (int i = 0; i < 3; ++i)
    CHECK(w.send("1380013800" + std::to_string(i)).ok());
}

TEST_CASE("a limit of zero is off") {
  code_world w{false};
  w.verification_settings.limits.phone_hour.count = 0;
  w.verification_settings.limits.phone_day.count = 0;
  w.start_all();
  for (int i = 0; i < 12; ++i) {
    REQUIRE(w.send().ok());
    w.advance(61s, 1s);
  }
}

TEST_CASE("a send that could not be stored costs no permit and leaves no cooldown") {
  code_world w;
  w.doors->fail<storage::submit_message>(failure{errc::storage_full});
  for (int i = 0; i < 10; ++i)
    CHECK(w.send().error().code == errc::storage_full);
  w.doors->release();
  w.use_up_phone();
}

TEST_CASE("a send whose code was not reserved in time costs no permit") {
  code_world w{false};
  w.verification_settings.limits.phone_hour.count = 2;
  w.verification_settings.limits.elsewhere_share = 0;
  w.start_all();
  w.doors->hold<storage::submit_message>();
  const send_code m{"13800138000", "login", client_at(), language::zh};
  auto first = w.call_later(w.verification, m);
  auto second = w.call_later(w.verification, m); // Waits behind the code of the first.
  w.advance(w.verification_settings.request_timeout + 1s);
  REQUIRE(second->has_value());
  CHECK((*second)->error().code == errc::deadline_exceeded);
  w.doors->release(); // The first is committed after all, and keeps its permit.
  w.advance(61s, 1s);
  CHECK(w.send().ok());
  w.advance(61s, 1s);
  CHECK(w.send().error().code == errc::rate_limited);
}

} // namespace tinybook::test
