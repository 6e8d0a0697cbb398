#include "tests/actors/sms/message_life.hpp"
#include "tests/support/default_configs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;
using test::message_life;
using test::scripted_provider;

namespace {

rc::Gen<scripted_provider::answer> any_answer(std::vector<outcome_class> kinds) {
  return rc::gen::build<scripted_provider::answer>(
      rc::gen::set(&scripted_provider::answer::kind,
                   rc::gen::elementOf(std::move(kinds))),
      rc::gen::set(
          &scripted_provider::answer::took,
          rc::gen::elementOf(std::vector<std::chrono::milliseconds>{0ms, 40ms, 5s})),
      rc::gen::set(&scripted_provider::answer::retry_after,
                   rc::gen::elementOf(std::vector<std::chrono::milliseconds>{
                       0ms, 1ms, 3s, 100s, 700s})));
}

rc::Gen<scripted_provider> any_provider(std::vector<outcome_class> kinds) {
  return rc::gen::build<scripted_provider>(
      rc::gen::set(
          &scripted_provider::answers,
          rc::gen::nonEmpty(rc::gen::container<std::vector<scripted_provider::answer>>(
              any_answer(std::move(kinds))))),
      rc::gen::set(&scripted_provider::admits_after,
                   rc::gen::elementOf(std::vector<std::chrono::milliseconds>{
                       0ms, 0ms, 0ms, 200ms, 90s, 601s, -1ms})));
}

const std::vector<outcome_class> failing_kinds{
    outcome_class::throttled, outcome_class::number_limited, outcome_class::not_here,
    outcome_class::provider_down, outcome_class::ambiguous};
const std::vector<outcome_class> all_kinds{
    outcome_class::throttled,     outcome_class::number_limited, outcome_class::not_here,
    outcome_class::provider_down, outcome_class::provider_down,  outcome_class::ambiguous,
    outcome_class::delivered,     outcome_class::rejected};

std::vector<scripted_provider> up_to_four(const std::vector<outcome_class>& kinds) {
  auto count = *rc::gen::inRange<std::size_t>(0, 5);
  return *rc::gen::container<std::vector<scripted_provider>>(count, any_provider(kinds));
}

delivery_rules any_rules() {
  auto rules = test::default_delivery();
  rules.backoff.base = *rc::gen::element(0ms, 500ms, 2000ms);
  rules.backoff.jitter = *rc::gen::element(0.0, 0.5, 1.0);
  rules.max_rounds = *rc::gen::element(1, 2, 5);
  // A base of 0 with a cap of 60 s ends at the cap after the counted rounds.
  rules.max_total_tries = *rc::gen::element(0, 0, 3);
  rules.ambiguous_goes_on = *rc::gen::element(true, true, false);
  return rules;
}

scripted_provider healthy() {
  return {{{outcome_class::delivered, 40ms, 0ms}}, 0ms};
}

} // namespace

TEST_CASE("every message ends once, and no send breaks a rule on the way") {
  CHECK(rc::check("invariants of the plan", [] {
    message_life life(any_rules(), up_to_four(all_kinds), 600s,
                      *rc::gen::arbitrary<std::uint64_t>());
    // A map of five possible keys: a container's generator would give up on larger sizes.
    for (auto at : {0ms, 100ms, 700ms, 20'000ms, 300'000ms})
      if (*rc::gen::arbitrary<bool>())
        life.wanted[at] = *rc::gen::element(still_wanted::wanted, still_wanted::unknown,
                                            still_wanted::unknown, still_wanted::gone);
    auto end = life.run();
    RC_TAG(std::string{to_string(end.why)});
  }));
}

TEST_CASE(
    "a live message with one healthy provider is delivered, whatever its position") {
  CHECK(rc::check("healthy provider delivers", [] {
    auto rules = any_rules();
    rules.ambiguous_goes_on = true;
    rules.max_total_tries = 0;
    auto providers = up_to_four(failing_kinds);
    auto place = *rc::gen::inRange<std::size_t>(0, providers.size() + 1);
    providers.insert(providers.begin() + static_cast<std::ptrdiff_t>(place), healthy());
    message_life life(rules, providers, 600s, *rc::gen::arbitrary<std::uint64_t>());
    auto unreachable = *rc::gen::element(0ms, 5000ms);
    life.wanted[0ms] = still_wanted::unknown;
    life.wanted[unreachable] = still_wanted::wanted;
    RC_ASSERT(life.run().state == final_state::delivered);
    RC_ASSERT(life.progress().round == 0);
    RC_ASSERT(life.tries().size() <= providers.size());
  }));
}

TEST_CASE("a failing provider never makes a live code dead, and is tried to the end") {
  CHECK(rc::check("down for ever ends as expired, late", [] {
    message_life life(test::default_delivery(),
                      {{{{outcome_class::provider_down, 10ms, 0ms}}, 0ms}}, 600s,
                      *rc::gen::arbitrary<std::uint64_t>());
    auto end = life.run();
    RC_ASSERT(end.state == final_state::expired);
    RC_ASSERT(life.now() > message_life::start() + 600s - 90s);
    RC_ASSERT(life.tries().size() >= 10U);
  }));
}

TEST_CASE("a provider that recovers within the life of a code delivers it") {
  CHECK(rc::check("recovered provider delivers", [] {
    auto failing = *rc::gen::inRange<std::size_t>(0, 9);
    scripted_provider provider{{failing, {outcome_class::provider_down, 10ms, 0ms}}, 0ms};
    provider.answers.push_back({outcome_class::delivered, 10ms, 0ms});
    message_life life(test::default_delivery(), {provider}, 600s,
                      *rc::gen::arbitrary<std::uint64_t>());
    RC_ASSERT(life.run().state == final_state::delivered);
    RC_ASSERT(life.tries().size() == failing + 1);
  }));
}

TEST_CASE("delays at the cap are jittered, too") {
  std::vector<double> delays;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    message_life life(test::default_delivery(),
                      {{{{outcome_class::provider_down, 0ms, 0ms}}, 0ms}}, 3600s, seed);
    life.run();
    for (std::size_t i = 5; i < life.tries().size(); ++i)
      delays.push_back(
          std::chrono::duration<double>(life.tries()[i].at - life.tries()[i - 1].at)
              .count());
  }
  auto [least, most] = std::ranges::minmax(delays);
  CHECK(least >= 30.0);
  CHECK(least < 35.0);
  CHECK(most <= 90.001);
  CHECK(most > 85.0);
}

TEST_CASE("the rounds before the cap double, each within its jitter") {
  CHECK(rc::check("backoff of the first rounds", [] {
    message_life life(test::default_delivery(),
                      {{{{outcome_class::provider_down, 0ms, 0ms}}, 0ms}}, 600s,
                      *rc::gen::arbitrary<std::uint64_t>());
    life.run();
    auto nominal = 500ms;
    for (std::size_t i = 1; i < 5; ++i, nominal *= 2) {
      auto delay = life.tries().at(i).at - life.tries().at(i - 1).at;
      RC_ASSERT(delay >= nominal / 2);
      RC_ASSERT(delay <= nominal * 3 / 2 + 1ms);
    }
  }));
}

} // namespace tinybook
