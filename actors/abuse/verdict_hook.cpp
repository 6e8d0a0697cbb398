#include "actors/abuse/verdict_hook.hpp"

#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

namespace {

/// When to try again what had no verdict.
constexpr std::chrono::seconds no_verdict_pause{5};

} // namespace

auto verdict_hook_state::make_behavior() -> actor_type::behavior_type {
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](ask_verdict& asked) {
        return begin_journey(self_, "verdict", judge(std::move(asked)));
      },
  };
}

task<result<done>> verdict_hook_state::judge(ask_verdict asked) {
  ++asked_;
  auto given = co_await ask(callers_, config_.timeout,
                            call_verdict_hook{std::move(asked.question),
                                              self_->clock().now() + config_.timeout});
  if (!given)
    co_return without_verdict(std::move(given.error().detail));
  if (given->kind == hook_verdict::outcome::failed)
    co_return without_verdict(std::move(given->why));
  self_.meter->health.error_ends(clock_());
  if (given->kind == hook_verdict::outcome::allowed) {
    ++allowed_;
    co_return done{};
  }
  ++denied_;
  failure denied{errc::verdict_denied, "the endpoint abuse.webhook denies it"};
  denied.text = std::move(given->text);
  co_return denied;
}

result<done> verdict_hook_state::without_verdict(std::string why) {
  ++failed_;
  self_.meter->health.note_error("no verdict: " + why, clock_());
  if (config_.fails == config::hook_failure::open)
    return done{};
  failure closed{errc::unavailable, "no verdict: " + why};
  closed.retry_after = no_verdict_pause;
  return closed;
}

actor_status verdict_hook_state::status() const {
  actor_status out{
      {{"asked", static_cast<double>(asked_)},
       {"allowed", static_cast<double>(allowed_)},
       {"denied", static_cast<double>(denied_)},
       {"failed", static_cast<double>(failed_)}},
      {{"fails",
        std::string{config_.fails == config::hook_failure::open ? "open" : "closed"}}}};
  self_.running->add_gauges(out);
  return out;
}

auto verdict_caller_state::make_behavior() -> actor_type::behavior_type {
  return {
      [](const get_status&) { return actor_status{}; },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](const call_verdict_hook& m) { return call(m); },
  };
}

/// A question that has waited has what is left of its time.
hook_verdict verdict_caller_state::call(const call_verdict_hook& asked) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      asked.until - self_->clock().now());
  const auto most = std::min(timeout_, left);
  if (most <= std::chrono::milliseconds::zero())
    return {.why = "waited too long for a connection"};
  return client_->ask(asked.question, most);
}

} // namespace tinybook
