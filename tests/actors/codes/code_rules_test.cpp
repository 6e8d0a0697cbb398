#include "actors/codes/code_rules.hpp"
#include "tests/actors/codes/naive_codes.hpp"
#include "tests/actors/codes/random_steps.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;
using test::code_step;
using test::wall_start;

namespace {

/// The rules over one state, driven by steps.
struct world {
  code_state state;
  wall_time now = wall_start;
  std::int64_t last_id = 0;
  code_rules rules = test::default_codes();

  verified_state enter(const std::string& code, const std::string& client) {
    std::vector<candidate_hash> candidates{{"k1", "h:" + code}};
    auto verified = verify(state, now, candidates, client, rules);
    state = consume(verified.state, verified.verdict.matched);
    return verified;
  }

  bool send(const std::string& code, const std::string& client) {
    auto issued = issue(state, now, {++last_id, "h:" + code, "k1", client}, rules);
    if (issued)
      state = issued.value();
    return issued.ok();
  }

  void replace_last() {
    auto made = replace(state, now, last_id, {last_id + 1, "h:new", "k1", ""});
    if (!made)
      return;
    state = *made;
    ++last_id;
  }
};

void run_beside(world& real, test::naive_codes& naive, const code_step& step) {
  auto id = real.last_id - step.back;
  switch (step.op) {
  case code_step::what::send: {
    auto expected = naive.send(real.now, real.last_id + 1, step.code, step.client);
    RC_ASSERT(real.send(step.code, step.client) == expected);
    break;
  }
  case code_step::what::replace: {
    if (id <= 0)
      break;
    auto replaced =
        replace(real.state, real.now, id, {++real.last_id, "h:" + step.code, "k1", ""});
    RC_ASSERT(replaced.ok() == naive.replace(real.now, id, real.last_id, step.code));
    if (replaced)
      real.state = *replaced;
    break;
  }
  case code_step::what::enter:
    RC_ASSERT(naive.enter(real.now, step.code, step.client)
              == real.enter(step.code, step.client).verdict.outcome);
    break;
  case code_step::what::ask_wanted:
    RC_ASSERT(naive.wanted(real.now, id) == wanted(real.state, id, real.now));
    break;
  case code_step::what::withdraw:
    naive.withdraw(id);
    real.state = withdraw(real.state, id);
    break;
  case code_step::what::pass:
    real.now += step.time;
    break;
  }
}

} // namespace

TEST_CASE("the rules answer what the whole history says") {
  CHECK(rc::check("rules equal a model that only replays", [] {
    world real;
    test::naive_codes naive;
    for (const auto& step : *test::code_steps())
      run_beside(real, naive, step);
  }));
}

TEST_CASE("what has expired entirely can be forgotten without a difference") {
  CHECK(rc::check("a forgetful world answers the same", [] {
    world keeps;
    world forgets;
    for (const auto& step : *test::code_steps()) {
      for (auto* each : {&keeps, &forgets})
        if (step.op == code_step::what::withdraw)
          each->state = withdraw(each->state, each->last_id - step.back);
      if (step.op == code_step::what::pass) {
        keeps.now += step.time;
        forgets.now += step.time;
      }
      if (expired_entirely(forgets.state, forgets.now, forgets.rules))
        forgets.state = {};
      if (step.op == code_step::what::send)
        RC_ASSERT(keeps.send(step.code, step.client)
                  == forgets.send(step.code, step.client));
      if (step.op == code_step::what::enter)
        RC_ASSERT(keeps.enter(step.code, step.client).verdict.outcome
                  == forgets.enter(step.code, step.client).verdict.outcome);
    }
  }));
}

TEST_CASE("one phone and purpose takes at most 3 wrong tries a send and 10 a day") {
  CHECK(rc::check("wrong tries stay within the budget", [] {
    world real;
    int sends = 0;
    int wrong = 0;
    for (const auto& step : *test::code_steps()) {
      if (step.op == code_step::what::send)
        sends += real.send("right", step.client);
      else if (step.op == code_step::what::replace)
        real.replace_last();
      else if (step.op == code_step::what::enter)
        wrong +=
            real.enter("wrong", step.client).verdict.outcome == verify_outcome::wrong;
      else if (step.op == code_step::what::pass
               && real.now + step.time < wall_start + 24h)
        real.now += step.time;
      RC_ASSERT(wrong <= 3 * sends + 10);
    }
  }));
}

TEST_CASE("without a cooldown a phone and purpose still holds a dozen codes at most") {
  world real;
  real.rules.cooldown = 0ms;
  for (int i = 1; i <= 12; ++i)
    CHECK(real.send(std::to_string(i), "asker " + std::to_string(i)));
  CHECK(verify(real.state, real.now, std::vector<candidate_hash>{{"k1", "h:1"}},
               "asker 1", real.rules)
            .verdict.outcome
        == verify_outcome::accepted);
  CHECK(real.send("13", "asker 13"));
  CHECK(real.state.codes.size() == 12);
  CHECK(real.enter("1", "asker 1").verdict.outcome == verify_outcome::wrong);
}

TEST_CASE("a code lives as long as it was issued for when newer ones live shorter") {
  world real;
  REQUIRE(real.send("1", "me"));
  real.rules.valid = 60s;
  for (int i = 2; i <= 3; ++i) {
    real.now += 60s;
    REQUIRE(real.send(std::to_string(i), "stranger"));
  }
  real.now += 61s;
  CHECK(live_until(real.state) == wall_start + test::default_codes().valid);
  REQUIRE(real.send("4", "stranger"));
  CHECK_FALSE(wanted(real.state, 1, real.now)); // Two newer ones were issued.
  CHECK(real.enter("1", "").verdict.outcome == verify_outcome::wrong);
  CHECK(real.enter("1", "me").verdict.outcome == verify_outcome::accepted);
}

TEST_CASE("a refused client who waits as told is not refused for that reason") {
  CHECK(rc::check("Retry-After is enough", [] {
    world real;
    for (const auto& step : *test::code_steps()) {
      if (step.op == code_step::what::send) {
        auto refused = issue(real.state, real.now, {9, "h", "k1", ""}, real.rules);
        if (!refused)
          RC_ASSERT(issue(real.state, real.now + refused.error().retry_after,
                          {9, "h", "k1", ""}, real.rules)
                        .ok());
        real.send(step.code, step.client);
      } else if (step.op == code_step::what::enter) {
        auto verdict = real.enter("wrong", step.client).verdict;
        if (verdict.outcome == verify_outcome::too_many_tries) {
          auto later = real;
          later.now += verdict.retry_after;
          later.send("right", "");
          RC_ASSERT(later.enter("right", "").verdict.outcome
                    != verify_outcome::too_many_tries);
        }
      } else if (step.op == code_step::what::pass) {
        real.now += step.time;
      }
    }
  }));
}

TEST_CASE("a clock that was set back by an hour does not hold a phone for an hour") {
  auto first = issue({}, wall_start, {1, "h", "k1", ""}, test::default_codes());
  REQUIRE(first);
  CHECK(issue(*first, wall_start - 1h, {2, "i", "k1", ""}, test::default_codes()));
  auto skewed = issue(*first, wall_start - 1s, {2, "i", "k1", ""}, test::default_codes());
  REQUIRE_FALSE(skewed);
  CHECK(skewed.error().retry_after == 60s);
}

TEST_CASE("a right code is used up when its use is told, and then by itself alone") {
  auto issued = issue({}, wall_start, {1, "h", "k1", "me"}, test::default_codes());
  std::vector<candidate_hash> candidates{{"k1", "h"}};
  auto verified = verify(*issued, wall_start, candidates, "me", test::default_codes());
  CHECK(verified.verdict.outcome == verify_outcome::accepted);
  CHECK(verified.state == *issued);
  CHECK(consume(verified.state, std::vector<std::int64_t>{2}) == *issued);
  CHECK(consume(verified.state, verified.verdict.matched).codes.empty());
}

TEST_CASE("an empty hash matches nothing") {
  auto issued = issue({}, wall_start, {1, "", "k1", "me"}, test::default_codes());
  std::vector<candidate_hash> candidates{{"k1", ""}};
  CHECK(
      verify(*issued, wall_start, candidates, "me", test::default_codes()).verdict.outcome
      == verify_outcome::wrong);
}

} // namespace tinybook
