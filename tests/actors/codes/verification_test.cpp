#include "actors/system/event_log.hpp"
#include "tests/actors/support/identity_world.hpp"
#include "tests/actors/support/scripted_verdicts.hpp"
#include "tests/support/caught_lines.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

class code_world : public identity_world {
 public:
  explicit code_world(bool started = true) {
    if (started)
      start_all();
  }

  result<code_sent> send(const std::string& phone = "13800138000",
                         client_info client = client_at()) {
    return call(verification, send_code{phone, "login", std::move(client), language::zh});
  }

  result<verified_phone> check(const std::string& code, const std::string& asker = {},
                               const std::string& phone = "13800138000") {
    auto client = client_at();
    client.asker = asker;
    return check_and_use({phone, "login", code, client});
  }

  /// A code that is not the last one.
  std::string wrong_code() { return last_code() == "000000" ? "000001" : "000000"; }
};

} // namespace

TEST_CASE("a code that was sent verifies once, in another spelling of the phone") {
  code_world w;
  auto sent = w.send("13800138000");
  REQUIRE(sent.ok());
  auto code = w.last_code();
  auto verified = w.check(code, sent->asker, "+86 138-0013-8000");
  REQUIRE(verified.ok());
  CHECK(verified->phone == "+8613800138000");
  CHECK(w.check(code, sent->asker).error().code == errc::wrong_code);
}

TEST_CASE("a code verifies however it is spelled") {
  code_world w;
  auto sent = w.send();
  REQUIRE(sent.ok());
  auto code = w.last_code();
  CHECK(
      w.check(" " + code.substr(0, 3) + " - " + code.substr(3) + "\n", sent->asker).ok());
}

TEST_CASE("the message carries what delivery needs") {
  code_world w;
  REQUIRE(w.send("+1 202 555 0123").ok());
  const auto& m = w.stores->submitted.back().message;
  CHECK(m.phone == "+12025550123");
  CHECK(m.purpose == "login");
  CHECK(m.country_prefix == "+1");
  CHECK(m.region == "US");
  CHECK(m.client_address == "192.0.2.1");
  CHECK(m.template_name == "login_code");
  CHECK(w.last_text().parameters.at("minutes") == "10");
  CHECK(m.expires_at == w.now() + 600s);
  CHECK(m.code > 0);
  CHECK(m.code < code_id{1} << 53);
  const auto& state = w.stores->submitted.back().code;
  REQUIRE(state);
  CHECK(state->state.codes.back().code_id == m.code);
}

TEST_CASE("who sends the messages is told of each, and of one that may be stored late") {
  code_world w{false};
  std::vector<std::int64_t> told;
  auto listener = w.sys.spawn([&told](caf::event_based_actor* self) {
    self->set_default_handler(caf::drop);
    return caf::behavior{[&told](const outbox_changed& m) {
      told.push_back(m.added);
    }};
  });
  w.sms.set(caf::actor_cast<handle_of<outbox_watcher_actor>>(listener));
  w.start_all();
  w.advance(3s);
  CHECK(told == std::vector<std::int64_t>{0}); // For what an earlier life has stored.
  REQUIRE(w.send("13800138000").ok());
  CHECK(told == std::vector<std::int64_t>{0, 1});
  w.doors->hold<storage::submit_message>();
  auto answer = w.call_later(
      w.verification, send_code{"13800138001", "login", client_at(), language::zh});
  w.advance(w.verification_settings.request_timeout + 3s);
  REQUIRE(answer->has_value());
  CHECK(told == std::vector<std::int64_t>{0, 1, 0, 0});
  w.sms.clear();
  caf::anon_send_exit(listener, caf::exit_reason::kill);
}

TEST_CASE("while as many messages wait as may none is added, and no permit is taken") {
  code_world w;
  caf::anon_send(w.verification.get(), outbox_full{true});
  for (int i = 0; i < 10; ++i) {
    const auto refused = w.send();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == errc::overloaded);
    CHECK(refused.error().retry_after == 5s);
  }
  CHECK(w.stores->submitted.empty());
  caf::anon_send(w.verification.get(), outbox_full{false});
  CHECK(w.send().ok());
}

TEST_CASE("without a language from the caller the SMS has that of the number") {
  code_world w;
  REQUIRE(w.call(w.verification, send_code{"+12025550123", "login", client_at()}).ok());
  CHECK(w.last_text().lang == language::en);
}

TEST_CASE("what is stored of a code is a hash under a named key, never the code") {
  code_world w;
  REQUIRE(w.send().ok());
  const auto& live = w.stores->codes.begin()->second.state.codes.back();
  CHECK(live.key_id == w.keys->current_id());
  CHECK(live.hash.size() == 32);
  CHECK(live.hash.find(w.last_code()) == std::string::npos);
}

TEST_CASE("a browser keeps its asker id, a new one gets a fresh id") {
  code_world w;
  auto client = client_at();
  client.asker = "browser";
  CHECK(w.send("13800138000", client)->asker == "browser");
  auto one = w.send("13800138001")->asker;
  auto two = w.send("13800138002")->asker;
  CHECK(one.size() == 22);
  CHECK(one != two);
}

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

TEST_CASE("a duplicate leaves the code that is on its way alive") {
  code_world w;
  w.stores->pending = true;
  auto sent = w.send();
  w.advance(61s, 1s);
  CHECK(w.send().error().code == errc::sms_pending);
  CHECK(w.check(w.last_code(), sent->asker).ok());
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
  for (int i = 0; i < 5; ++i) {
    REQUIRE(w.send().ok());
    w.advance(61s, 1s);
  }
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

TEST_CASE("strangers who use up the codes of a phone do not use up its owner's") {
  code_world w;
  storage::user ann;
  ann.id = 7;
  ann.phone = "+8613800138000";
  ann.device_epoch = 3;
  w.stores->users.push_back(ann);
  auto known = client_at();
  known.device = "browser";
  known.device_user = 7;
  known.device_epoch = 3;
  for (int i = 0; i < 5; ++i) {
    REQUIRE(w.send().ok());
    w.advance(61s, 1s);
  }
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

TEST_CASE("strangers at the owner's address do not use up the owner's codes") {
  code_world w;
  storage::user ann;
  ann.id = 7;
  ann.phone = "+8613800138000";
  w.stores->users.push_back(ann);
  for (int i = 0; i < 20; ++i)
    REQUIRE(w.send("138001381" + std::to_string(10 + i)).ok());
  CHECK_FALSE(w.send().ok());
  auto known = client_at();
  known.device = "browser";
  known.device_user = 7;
  CHECK(w.send("13800138000", known).ok());
}

TEST_CASE("all codes together have a ceiling, which warns once before it is reached") {
  code_world w{false};
  w.verification_settings.limits.all_hour.count = 10;
  w.verification_settings.limits.owners_share = 0;
  caught_lines log;
  w.start_all();
  auto send_next = [&, number = 0]() mutable {
    const auto n = number++;
    return w.send("138001380" + std::to_string(10 + n),
                  client_at("192.0." + std::to_string(n) + ".1"));
  };
  const auto at = w.verification.get();
  for (int i = 0; i < 7; ++i)
    REQUIRE(send_next().ok());
  CHECK(log.take("send_ceiling_near").empty());
  CHECK(w.gauge_of(at, "ceiling.hour") == 7);
  CHECK(w.gauge_of(at, "ceiling.hour.alarmed") == 0);
  for (int i = 0; i < 3; ++i)
    REQUIRE(send_next().ok());
  CHECK(log.take("send_ceiling_near")
        == std::vector<std::string>{
            "send_ceiling_near rule=codes.sends_per_hour used=8 of=10"});
  CHECK(w.verification.meter()->health.last_error().text
        == "codes: 8 of 10 of codes.sends_per_hour are used up");
  for (int i = 0; i < 20; ++i)
    CHECK(send_next().error().rule == limit_rule::code_all_hour);
  CHECK(log.take("send_ceiling_near").empty());
  CHECK(w.gauge_of(at, "ceiling.hour") == 10);
  CHECK(w.gauge_of(at, "ceiling.hour.alarmed") == 1);
  w.advance(1h, 1min);
  CHECK(w.gauge_of(at, "ceiling.hour.alarmed") == 0);
  CHECK(send_next().ok());
  CHECK(w.gauge_of(at, "ceiling.hour") == 1);
  CHECK(w.verification.meter()->health.last_error().ended.has_value());
}

TEST_CASE("strangers who reach the ceiling leave owners their share of it") {
  code_world w{false};
  auto& settings = w.verification_settings;
  settings.limits.all_hour.count = 10;
  settings.limits.owners_share = 0.2;
  settings.sends_alarm = 1;
  caught_lines log;
  w.start_all();
  storage::user ann;
  ann.id = 7;
  ann.phone = "+8613800138000";
  w.stores->users.push_back(ann);
  auto known = client_at();
  known.device = "browser";
  known.device_user = 7;
  auto send_as_stranger = [&, number = 0]() mutable {
    const auto n = number++;
    return w.send("138001380" + std::to_string(10 + n),
                  client_at("192.0." + std::to_string(n) + ".1"));
  };
  for (int i = 0; i < 8; ++i)
    REQUIRE(send_as_stranger().ok());
  CHECK(log.take("send_ceiling_near").size() == 1);
  CHECK(send_as_stranger().error().rule == limit_rule::code_all_hour);
  const auto at = w.verification.get();
  CHECK(w.gauge_of(at, "ceiling.hour") == 8);
  for (int i = 0; i < 2; ++i) {
    CHECK(w.send("13800138000", known).ok());
    w.advance(61s, 1s);
  }
  CHECK(w.send("13800138000", known).error().rule == limit_rule::code_all_hour);
  CHECK_FALSE(send_as_stranger().ok());
  CHECK(w.gauge_of(at, "ceiling.hour") == 10);
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
  for (int i = 0; i < 5; ++i) {
    CHECK(w.send().ok());
    w.advance(61s, 1s);
  }
}

TEST_CASE("a message that may have been stored too late keeps its code alive") {
  code_world w;
  w.doors->hold<storage::submit_message>();
  auto answer = w.call_later(
      w.verification, send_code{"13800138000", "login", client_at(), language::zh});
  w.advance(w.verification_settings.request_timeout + 1s);
  REQUIRE(answer->has_value());
  CHECK((*answer)->error().code == errc::deadline_exceeded);
  w.doors->release(); // Committed after all, and sent.
  w.run();
  CHECK(w.check(w.last_code()).ok());
}

TEST_CASE("a send whose code was not reserved in time costs no permit") {
  code_world w{false};
  w.verification_settings.limits.phone_hour.count = 2;
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

TEST_CASE("a full code cache is told as such") {
  code_world w{false};
  w.cache_config.capacity = 1;
  w.start_all();
  REQUIRE(w.send("13800138000").ok());
  CHECK(w.send("13800138001").error().code == errc::codes_full);
}

TEST_CASE("three wrong tries of the one who asked close the code to him") {
  code_world w;
  auto asker = w.send()->asker;
  for (int i = 0; i < 3; ++i)
    CHECK(w.check(w.wrong_code(), asker).error().code == errc::wrong_code);
  auto fourth = w.check(w.last_code(), asker);
  CHECK(fourth.error().code == errc::too_many_tries);
  CHECK(fourth.error().retry_after >= 1s);
}

TEST_CASE("strangers who guess do not lock out the one who asked") {
  code_world w;
  auto asker = w.send()->asker;
  for (int i = 0; i < 12; ++i)
    CHECK_FALSE(w.check(w.wrong_code(), "stranger").ok());
  CHECK(w.check(w.last_code(), "stranger").error().code == errc::too_many_tries);
  CHECK(w.check(w.last_code(), asker).ok());
}

TEST_CASE("codes of one purpose do not verify for another") {
  code_world w;
  REQUIRE(w.send().ok());
  auto reset = w.call(w.verification,
                      check_code{"13800138000", "reset", w.last_code(), client_at()});
  CHECK(reset.error().code == errc::wrong_code);
}

TEST_CASE("an expired code is wrong") {
  code_world w;
  auto asker = w.send()->asker;
  w.advance(600s, 1s);
  CHECK(w.check(w.last_code(), asker).error().code == errc::wrong_code);
}

TEST_CASE("a code from before a key rotation still verifies") {
  code_world w;
  auto asker = w.send()->asker;
  w.keys = std::make_shared<const keyring>(w.keys->rotated(*w.random));
  w.kill(w.verification);
  w.start_verification();
  CHECK(w.check(w.last_code(), asker).ok());
}

TEST_CASE("a malformed phone and a malformed code are refused together") {
  code_world w;
  auto refused = w.check("12x456", {}, "not a phone");
  CHECK(refused.error().code == errc::invalid_field);
  REQUIRE(refused.error().fields.size() == 2);
  CHECK(refused.error().fields[0].field == "phone");
  CHECK(refused.error().fields[1].field == "code");
  CHECK(w.send("12").error().code == errc::invalid_field);
}

TEST_CASE("two who verify one code at once through the verification: one wins") {
  code_world w;
  auto asker = w.send()->asker;
  auto client = client_at();
  client.asker = asker;
  check_code m{"13800138000", "login", w.last_code(), client};
  auto one = w.call_later(w.verification, m);
  auto two = w.call_later(w.verification, m);
  w.run();
  REQUIRE(one->has_value());
  REQUIRE((**one).ok());
  CHECK_FALSE(two->has_value()); // It waits for what becomes of the first.
  const auto& ticket = *(**one)->ticket;
  REQUIRE(w.stores->use(ticket.use).ok());
  REQUIRE(w.call(w.verification, settle_code{ticket, true}).ok());
  REQUIRE(two->has_value());
  CHECK_FALSE((**two).ok());
}

TEST_CASE("a test number takes its own code at any time and is never sent to") {
  code_world w{false};
  w.verification_settings.test_numbers = {{"+8613800000001", "123456"}};
  w.start_all();
  for (int i = 0; i < 10; ++i)
    REQUIRE(w.send("13800000001").ok());
  CHECK(w.stores->submitted.empty());
  CHECK(w.check("123456", {}, "13800000001").ok());
  CHECK(w.check("123456", {}, "13800000001").ok());
  CHECK(w.check("123457", {}, "13800000001").error().code == errc::wrong_code);
}

TEST_CASE("wrong tries at a test number are limited, right ones are not") {
  code_world w{false};
  w.verification_settings.test_numbers = {{"+8613800000001", "123456"}};
  w.start_all();
  for (int i = 0; i < 30; ++i)
    CHECK(w.check("123456", {}, "13800000001").ok());
  for (int i = 0; i < 10; ++i)
    CHECK(w.check("000000", {}, "13800000001").error().code == errc::wrong_code);
  auto refused = w.check("123456", {}, "13800000001");
  CHECK(refused.error().code == errc::too_many_tries);
  CHECK(refused.error().retry_after > 0s);
}

TEST_CASE("the policy of phones holds for sends and checks, never for test numbers") {
  code_world w{false};
  w.verification_settings.phones.extra_ranges = {"+1728"};
  w.verification_settings.test_numbers = {{"+864008123123", "123456"}};
  w.start_all();
  CHECK(w.send("+17282101234").ok());
  CHECK(w.check(w.last_code(), {}, "+17282101234").ok());
  CHECK(w.check("123456", {}, "4008123123").ok());
  for (const auto& refused :
       {w.send("4008123124").error(), w.check("123456", {}, "4008123124").error()}) {
    REQUIRE(refused.code == errc::invalid_field);
    CHECK(refused.fields.front() == field_error{"phone", field_rule::service_number});
  }
}

TEST_CASE("the status tells which phones get codes and how old the metadata is") {
  code_world w;
  const auto status = w.call(w.verification, get_status{}).value();
  REQUIRE(status.facts.size() >= 2);
  CHECK(status.facts[0].name == "default_region");
  CHECK(status.facts[0].value == "CN");
  CHECK(status.facts[1].name == "phone_metadata");
  CHECK(status.facts[1].value.starts_with("libphonenumber.so."));
  const auto age =
      std::ranges::find(status.gauges, "phone_metadata_age_days", &gauge::name);
  REQUIRE(age != status.gauges.end());
  CHECK(age->value > 0);
}

TEST_CASE("without its cache the verification answers unavailable and keeps no permit") {
  code_world w;
  w.kill(w.cache);
  for (int i = 0; i < 8; ++i)
    CHECK(w.send().error().code == errc::unavailable);
  CHECK(w.check("123456").error().code == errc::unavailable);
  w.start_cache();
  CHECK(w.send().ok());
}

TEST_CASE("a verification that is killed answers what is pending, the cache recovers") {
  code_world w;
  w.doors->hold<storage::submit_message>();
  auto answer = w.call_later(
      w.verification, send_code{"13800138000", "login", client_at(), language::zh});
  w.run();
  SUBCASE("by a crash") {
    w.kill(w.verification);
  }
  SUBCASE("in order") {
    caf::anon_send(w.verification.get(), shut_down{});
    w.run();
  }
  REQUIRE(answer->has_value());
  CHECK((*answer)->error().code == errc::unavailable);
  w.doors->release();
  w.advance(w.cache_config.reservation_timeout + 2s, 1s);
  w.start_verification();
  CHECK(w.check(w.last_code()).ok()); // Its message was committed.
}

TEST_CASE("no failure shows the code or the whole phone") {
  code_world w;
  REQUIRE(w.send().ok());
  auto code = w.last_code();
  std::vector<failure> failures;
  failures.push_back(w.send().error());
  failures.push_back(w.check(w.wrong_code()).error());
  failures.push_back(w.check("12345x").error());
  w.doors->fail<storage::save_code_state>(failure{errc::unavailable, "disk"});
  failures.push_back(w.check(w.wrong_code()).error());
  w.kill(w.cache);
  failures.push_back(w.check(code).error());
  failures.push_back(w.send("13800138001").error());
  for (const auto& f : failures) {
    CHECK(f.detail.find(code) == std::string::npos);
    CHECK(f.detail.find("13800138") == std::string::npos);
  }
}

TEST_CASE("an endpoint that denies keeps a code from being sent, and its permit stays "
          "taken") {
  code_world w{false};
  w.verification_settings.limits.phone_hour = {2, 1h};
  scripted_verdicts hook{w};
  w.verdicts = hook.at();
  w.start_all();
  hook.say(denial("Solve the puzzle first."));
  auto client = client_at();
  client.verdict_token = "captcha";
  for (int i = 0; i < 2; ++i) {
    const auto denied = w.send("+86 138 0013 8000", client);
    CHECK(denied.error().code == errc::verdict_denied);
    CHECK(denied.error().text == "Solve the puzzle first.");
  }
  CHECK(w.stores->submitted.empty());
  const auto& question = hook.asked().at(0);
  CHECK(question.what == verdict_question::about::code_send);
  CHECK(question.purpose == "login");
  CHECK(question.phone == "+8613800138000");
  CHECK(question.country_prefix == "+86");
  CHECK(question.region == "CN");
  CHECK(question.client.address == "192.0.2.1");
  CHECK(question.client.verdict_token == "captcha");
  const auto limited = w.send();
  CHECK(limited.error().code == errc::rate_limited);
  CHECK(limited.error().rule == limit_rule::code_phone_hour);
  CHECK(hook.asked().size() == 2);
}

TEST_CASE("an endpoint is asked after what is cheaper, and lets a code pass") {
  code_world w{false};
  scripted_verdicts hook{w};
  w.verdicts = hook.at();
  w.verification_settings.test_numbers =
      parse_test_numbers({"+8613800000001=123456"}).value();
  w.start_all();
  CHECK(w.send("no number").error().code == errc::invalid_field);
  CHECK(w.send("13800000001").ok());
  CHECK(hook.asked().empty());
  const auto sent = w.send();
  REQUIRE(sent.ok());
  CHECK(hook.asked().size() == 1);
  CHECK(w.send().error().code == errc::send_cooldown);
  CHECK(hook.asked().size() == 1);
  CHECK(w.check(w.last_code(), sent->asker).ok());
}

TEST_CASE("an endpoint that fails closed costs nothing, and open it lets a code pass") {
  for (const auto fails : {config::hook_failure::closed, config::hook_failure::open}) {
    code_world w{false};
    w.verification_settings.limits.phone_hour = {1, 1h};
    scripted_verdicts hook{w, {2s, fails}};
    w.verdicts = hook.at();
    w.start_all();
    hook.say({.why = "HTTP 500"});
    if (fails == config::hook_failure::closed) {
      for (int i = 0; i < 3; ++i)
        CHECK(w.send().error().code == errc::unavailable);
      hook.say({.kind = hook_verdict::outcome::allowed});
    }
    CHECK(w.send().ok());
  }
}

TEST_CASE("while a message is pending an endpoint is not asked without end") {
  code_world w{false};
  w.verification_settings.limits.phone_hour = {3, 1h};
  scripted_verdicts hook{w};
  w.verdicts = hook.at();
  w.start_all();
  w.stores->pending = true;
  REQUIRE(w.send().ok());
  w.advance(61s, 1s);
  CHECK(w.send().error().code == errc::sms_pending);
  CHECK(w.send().error().code == errc::sms_pending);
  CHECK(w.send().error().code == errc::rate_limited);
  CHECK(hook.asked().size() == 3);
}

} // namespace tinybook::test
