#include "tests/actors/codes/code_cache_conformance.hpp"
#include "tests/actors/codes/random_steps.hpp"
#include "tests/support/default_configs.hpp"

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <rapidcheck.h>
#include <set>
#include <string>
#include <vector>

namespace tinybook::test {

namespace {

using namespace std::chrono_literals;

/// The back end and, to compare with, the pure rules.
struct pair_of_caches {
  std::unique_ptr<code_cache_fixture> real;
  std::map<code_key, code_state> states{};
  wall_time now{1'700'000'000s};
  std::int64_t last_id = 0;
  /// Codes that have replaced another and were replaced themselves. Where the latter is
  /// withdrawn, a row that was loaded again still knows the former, and nobody else does.
  std::set<std::int64_t> between{};

  void step(const code_step& step) {
    const std::array<std::string, 3> phones{"+8613800138000", "+8613800138001",
                                            "+8613800138002"};
    code_key key{phones.at(step.phone), "login"};
    auto& state = states[key];
    switch (step.op) {
    case code_step::what::send:
      return send(key, state, step);
    case code_step::what::replace:
      return replace_one(key, state, step);
    case code_step::what::enter:
      return enter(key, state, step);
    case code_step::what::ask_wanted:
      RC_ASSERT(real->wanted(key, last_id - step.back)
                == wanted(state, last_id - step.back, now));
      return;
    case code_step::what::withdraw:
      if (between.contains(last_id - step.back))
        return;
      real->withdraw(key, last_id - step.back);
      state = withdraw(state, last_id - step.back);
      return;
    case code_step::what::pass:
      real->advance(step.time);
      now += step.time;
      return;
    }
  }

  void send(const code_key& key, code_state& state, const code_step& step) {
    new_code code{++last_id, "h:" + step.code, "k1", step.client};
    auto expected = issue(state, now, code, default_codes());
    auto issued = real->issue(key, code);
    RC_ASSERT(issued.ok() == expected.ok());
    if (expected) {
      state = *expected;
    } else {
      RC_ASSERT(issued.error().code == expected.error().code);
      RC_ASSERT(issued.error().retry_after == expected.error().retry_after);
    }
  }

  void replace_one(const code_key& key, code_state& state, const code_step& step) {
    auto lost = last_id - step.back;
    if (lost <= 0)
      return;
    for (const auto& code : state.codes)
      if (code.code_id == lost && code.replaced_id != 0)
        between.insert(lost);
    new_code code{++last_id, "h:" + step.code, "k1", ""};
    auto expected = replace(state, now, lost, code);
    auto replaced = real->replace(key, code, lost);
    RC_ASSERT(replaced.ok() == expected.ok());
    if (expected)
      state = *expected;
    else
      RC_ASSERT(replaced.error().code == expected.error().code);
  }

  void enter(const code_key& key, code_state& state, const code_step& step) {
    std::vector<candidate_hash> candidates{{"k1", "h:" + step.code}};
    auto expected = verify(state, now, candidates, step.client, default_codes());
    state = consume(expected.state, expected.verdict.matched);
    auto verdict = verify_and_use(*real, key, candidates, step.client);
    RC_ASSERT(verdict.outcome == expected.verdict.outcome);
    RC_ASSERT(verdict.matched == expected.verdict.matched);
    RC_ASSERT(verdict.retry_after == expected.verdict.retry_after);
  }
};

} // namespace

void check_code_cache_against_rules(const make_code_cache& make) {
  CHECK(rc::check("the back end answers what the rules answer", [&] {
    pair_of_caches caches{make()};
    for (const auto& step : *code_steps())
      caches.step(step);
  }));
}

} // namespace tinybook::test
