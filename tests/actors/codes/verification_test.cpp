#include "tests/actors/codes/code_world.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace tinybook::test {

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

TEST_CASE("a duplicate leaves the code that is on its way alive") {
  code_world w;
  w.stores->pending = true;
  auto sent = w.send();
  w.advance(61s, 1s);
  CHECK(w.send().error().code == errc::sms_pending);
  CHECK(w.check(w.last_code(), sent->asker).ok());
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

TEST_CASE("a full code cache is told as such") {
  code_world w{false};
  w.cache_config.capacity = 1;
  w.start_all();
  REQUIRE(w.send("13800138000").ok());
  CHECK(w.send("13800138001").error().code == errc::codes_full);
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

} // namespace tinybook::test
