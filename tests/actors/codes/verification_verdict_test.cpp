#include "tests/actors/codes/code_world.hpp"
#include "tests/actors/support/scripted_verdicts.hpp"

namespace tinybook::test {

TEST_CASE("an endpoint that denies keeps a code from being sent, and its permit stays "
          "taken") {
  code_world w{false};
  w.verification_settings.limits.phone_hour = {2, 1h};
  w.verification_settings.limits.elsewhere_share = 0;
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
  w.verification_settings.limits.elsewhere_share = 0;
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
