#include "actors/system/deadline.hpp"
#include "actors/wiring/configs.hpp"
#include "tests/actors/support/scripted_verdicts.hpp"
#include "tests/support/default_configs.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

using config::hook_failure;

struct hook_world : actor_fixture {
  result<done> ask_about(const scripted_verdicts& hook, verdict_question question = {}) {
    return ask(hook.at().get(), ask_verdict{std::move(question)});
  }
};

/// A caller that never answers.
caf::actor silent_in(actor_fixture& world) {
  return world.sys.spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::skip);
    return {[](int) {
    }};
  });
}

} // namespace

TEST_CASE_FIXTURE(hook_world,
                  "a question is allowed or denied as the endpoint says, with "
                  "its text, and each is counted") {
  scripted_verdicts hook{*this};
  CHECK(ask_about(hook, {.purpose = "login", .phone = "+8613800138000"}).ok());
  REQUIRE(hook.asked().size() == 1);
  CHECK(hook.asked().front().purpose == "login");
  CHECK(hook.asked().front().phone == "+8613800138000");
  CHECK(hook.timeouts().front() == 2s);
  hook.say(denial("Not from here."));
  const auto denied = ask_about(hook);
  CHECK(denied.error().code == errc::verdict_denied);
  CHECK(denied.error().text == "Not from here.");
  const auto at = hook.at().get();
  CHECK(gauge_of(at, "asked") == 2);
  CHECK(gauge_of(at, "allowed") == 1);
  CHECK(gauge_of(at, "denied") == 1);
  CHECK(gauge_of(at, "failed") == 0);
}

TEST_CASE_FIXTURE(hook_world, "a call has what is left of the time of its question, and "
                              "no more than its own") {
  const scripted_verdicts longer{*this, {2s, hook_failure::closed}, 10s};
  CHECK(ask_about(longer).ok());
  CHECK(longer.timeouts() == std::vector<std::chrono::milliseconds>{2s});
  // As one that has waited for a connection.
  const auto asked = [&](std::chrono::milliseconds left) {
    return ask(longer.callers().get(), call_verdict_hook{{}, self->clock().now() + left});
  };
  CHECK(asked(300ms)->kind == hook_verdict::outcome::allowed);
  CHECK(longer.timeouts().back() == 300ms);
  CHECK(asked(0ms)->kind == hook_verdict::outcome::failed);
  CHECK(longer.asked().size() == 2);
  const scripted_verdicts shorter{*this, {2s, hook_failure::closed}, 500ms};
  CHECK(ask_about(shorter).ok());
  CHECK(shorter.timeouts() == std::vector<std::chrono::milliseconds>{500ms});
}

TEST_CASE_FIXTURE(hook_world, "a failed question lets the person pass where the hook "
                              "fails open, and not where it fails closed") {
  for (const auto fails : {hook_failure::open, hook_failure::closed}) {
    scripted_verdicts hook{*this, {2s, fails}};
    hook.say({.why = "HTTP 500"});
    const auto answer = ask_about(hook);
    CHECK(answer.ok() == (fails == hook_failure::open));
    if (!answer) {
      CHECK(answer.error().code == errc::unavailable);
      CHECK(answer.error().retry_after == 5s);
    }
    CHECK(gauge_of(hook.at().get(), "failed") == 1);
    const auto noted = hook.at().meter()->health.last_error();
    CHECK(noted.text == "no verdict: HTTP 500");
    CHECK_FALSE(noted.ended);
    hook.say({.kind = hook_verdict::outcome::allowed});
    CHECK(ask_about(hook).ok());
    CHECK(hook.at().meter()->health.last_error().ended);
  }
}

TEST_CASE_FIXTURE(hook_world,
                  "a question waits for as long as abuse.webhook_timeout says, "
                  "whatever the connections do") {
  auto settings = default_settings();
  settings.abuse.webhook_timeout = 200ms;
  settings.abuse.webhook_fails = hook_failure::closed;
  scripted_verdicts hook{*this, verdict_hook_from(settings), 30s};
  const auto silent = silent_in(*this);
  hook.callers().set(caf::actor_cast<handle_of<verdict_caller_actor>>(silent));
  auto request = self->request(hook.at().get(), caf::infinite, ask_verdict{});
  run();
  advance(210ms);
  REQUIRE(gauge_of(hook.at().get(), "failed") == 1);
  request.receive(
      [](done&) { CHECK(false); },
      [](caf::error& e) { CHECK(to_failure(e, "test").code == errc::unavailable); });
  hook.callers().clear();
  caf::anon_send_exit(silent, caf::exit_reason::kill);
}

TEST_CASE_FIXTURE(hook_world, "what has no answer in time is a failure, as is what finds "
                              "nobody who could ask") {
  scripted_verdicts hook{*this, {2s, hook_failure::closed}};
  const auto silent = silent_in(*this);
  const auto& callers = hook.callers();
  callers.set(caf::actor_cast<handle_of<verdict_caller_actor>>(silent));
  auto request = self->request(hook.at().get(), caf::infinite, ask_verdict{});
  run();
  advance(1900ms);
  CHECK(gauge_of(hook.at().get(), "failed") == 0);
  advance(200ms);
  CHECK(gauge_of(hook.at().get(), "failed") == 1);
  request.receive(
      [](done&) { CHECK(false); },
      [](caf::error& e) { CHECK(to_failure(e, "test").code == errc::unavailable); });
  callers.clear();
  CHECK(ask_about(hook).error().code == errc::unavailable);
  CHECK(gauge_of(hook.at().get(), "failed") == 2);
  caf::anon_send_exit(silent, caf::exit_reason::kill);
}

} // namespace tinybook::test
