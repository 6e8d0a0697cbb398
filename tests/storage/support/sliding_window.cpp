#include "storage/support/sliding_window.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <rapidcheck.h>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

using verdict = rate_decision::verdict;

tick at(std::chrono::milliseconds since) {
  return tick(1h) + since;
}

/// The definition itself: a list of all that was admitted.
class naive_limiter {
 public:
  [[nodiscard]] std::size_t count(const std::string& key, rate_limit limit,
                                  tick now) const {
    const auto found = events_.find(key);
    if (found == events_.end())
      return 0;
    return static_cast<std::size_t>(std::ranges::count_if(
        found->second, [&](tick event) { return event > now - limit.window; }));
  }
  bool take(const std::string& key, rate_limit limit, tick now, std::uint32_t cost) {
    if (limit.off())
      return true;
    if (count(key, limit, now) + cost > limit.count)
      return false;
    events_[key].insert(events_[key].end(), cost, now);
    return true;
  }
  void give_back(const std::string& key) {
    if (!events_[key].empty())
      events_[key].pop_back();
  }

 private:
  std::map<std::string, std::vector<tick>> events_;
};

std::string any_key() {
  return std::string(1, *rc::gen::inRange('a', 'e'));
}

} // namespace

TEST_CASE("takes, give-backs and waits agree with a list of all events") {
  CHECK(rc::check("model", [] {
    window_limiter limiter(100'000);
    naive_limiter model;
    std::map<std::string, rate_limit> limits;
    for (char c = 'a'; c < 'e'; ++c)
      limits[std::string(1, c)] = {*rc::gen::inRange<std::uint32_t>(0, 6),
                                   std::chrono::milliseconds(*rc::gen::inRange(1, 50))};
    auto now = at(0ms);
    for (int i = 0; i < 150; ++i) {
      now += std::chrono::milliseconds(*rc::gen::inRange(0, 12));
      const auto key = any_key();
      const auto limit = limits[key];
      if (*rc::gen::inRange(0, 10) == 0) {
        limiter.give_back(key);
        model.give_back(key);
        continue;
      }
      const auto cost = *rc::gen::inRange<std::uint32_t>(0, 4);
      const auto decided = limiter.take(key, limit, now, cost);
      RC_ASSERT(decided.admitted() == model.take(key, limit, now, cost));
      if (!decided.admitted() && cost <= limit.count) {
        // Exact: refused until the last nanosecond, admitted right then.
        const auto then = now + decided.retry_after;
        RC_ASSERT(model.count(key, limit, then) + cost <= limit.count);
        RC_ASSERT(model.count(key, limit, then - 1ns) + cost > limit.count);
      }
      if (!limit.off())
        RC_ASSERT(limiter.count(key, now) == model.count(key, limit, now));
    }
  }));
}

TEST_CASE("no window of any position ever holds more than the limit") {
  CHECK(rc::check("windows", [](std::uint8_t count) {
    const rate_limit limit{count % 7U + 1U, 20ms};
    window_limiter limiter(100'000);
    std::vector<tick> admitted;
    auto now = at(0ms);
    for (int i = 0; i < 200; ++i) {
      now += std::chrono::microseconds(*rc::gen::inRange(0, 9'000));
      if (limiter.take("k", limit, now).admitted())
        admitted.push_back(now);
    }
    for (std::size_t i = limit.count; i < admitted.size(); ++i)
      RC_ASSERT(admitted[i] - admitted[i - limit.count] >= limit.window);
  }));
}

TEST_CASE("all rules are taken or none") {
  const std::vector<rate_rule> rules{{"hour", {3, 1h}}, {"day", {4, 24h}}};
  window_limiter limiter(100'000);
  auto now = at(0ms);
  for (int i = 0; i < 3; ++i)
    CHECK(limiter.take_all(rules, now).admitted());
  const auto hourly = limiter.take_all(rules, now);
  CHECK(hourly.result == verdict::limited);
  CHECK(hourly.rule == 0);
  CHECK(hourly.retry_after == 1h);
  CHECK(limiter.count("day", now) == 3);
  now += 1h;
  CHECK(limiter.take_all(rules, now).admitted());
  const auto daily = limiter.take_all(rules, now);
  CHECK(daily.rule == 1);
  CHECK(daily.retry_after == 23h);
  CHECK(limiter.count("hour", now) == 1);
}

TEST_CASE("the longest wait of all rules that refuse is returned") {
  const std::vector<rate_rule> rules{{"day", {1, 24h}}, {"hour", {1, 1h}}};
  window_limiter limiter(100'000);
  REQUIRE(limiter.take_all(rules, at(0ms)).admitted());
  const auto refused = limiter.take_all(rules, at(0ms));
  CHECK(refused.rule == 0);
  CHECK(refused.retry_after == 24h);
}

TEST_CASE("one key named twice in a set of rules cannot pass its limit") {
  const std::vector<rate_rule> rules{{"k", {3, 1h}}, {"k", {3, 1h}}};
  window_limiter limiter(100'000);
  CHECK(limiter.take_all(rules, at(0ms)).admitted());
  CHECK_FALSE(limiter.take_all(rules, at(0ms)).admitted());
  CHECK(limiter.count("k", at(0ms)) == 2);
}

TEST_CASE("a limit of 0 is off and keeps nothing") {
  window_limiter limiter(100'000);
  for (int i = 0; i < 100; ++i)
    CHECK(limiter.take("k", {0, 1h}, at(0ms)).admitted());
  CHECK(limiter.keys() == 0);
}

TEST_CASE("peek counts nothing") {
  window_limiter limiter(100'000);
  CHECK(limiter.peek("k", {1, 1h}, at(0ms)).admitted());
  CHECK(limiter.keys() == 0);
  REQUIRE(limiter.take("k", {1, 1h}, at(0ms)).admitted());
  CHECK(limiter.peek("k", {1, 1h}, at(60s)).retry_after == 59min);
}

TEST_CASE("more than the whole limit at once is never admitted") {
  window_limiter limiter(100'000);
  CHECK(limiter.take("k", {3, 1h}, at(0ms), 4).retry_after == 1h);
  CHECK(limiter.take("k", {3, 1h}, at(0ms), 3).admitted());
}

TEST_CASE("a clock that runs backwards frees no place") {
  window_limiter limiter(100'000);
  REQUIRE(limiter.take("k", {1, 1h}, at(2h)).admitted());
  CHECK_FALSE(limiter.take("k", {1, 1h}, at(0ms)).admitted());
  CHECK(limiter.take("k", {1, 1h}, at(3h)).admitted());
}

TEST_CASE("expired keys are removed by themselves") {
  window_limiter limiter(100'000);
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(limiter.take("k" + std::to_string(i), {1, 1s}, at(0ms)).admitted());
  CHECK(limiter.keys() == 1'000);
  for (int i = 0; i < 1'000; ++i)
    REQUIRE(limiter.take("other", {2'000, 1h}, at(1s)).admitted());
  CHECK(limiter.keys() == 1);
}

TEST_CASE("when full, the key whose events leave first is evicted") {
  window_limiter limiter(3);
  for (const char* key : {"a", "b", "c"}) {
    REQUIRE(limiter.take(key, {2, 1h}, at(std::chrono::seconds(key[0]))).admitted());
  }
  REQUIRE(limiter.take("d", {2, 1h}, at(200s)).admitted());
  CHECK(limiter.keys() == 3);
  CHECK(limiter.evicted() == 1);
  CHECK(limiter.count("a", at(200s)) == 0);
  CHECK(limiter.count("b", at(200s)) == 1);
}

TEST_CASE("when full, what has used up most of its limit is kept longest") {
  window_limiter limiter(4);
  const rate_limit ten{10, 1h};
  for (int i = 0; i < 9; ++i)
    REQUIRE(limiter.take("nearly out", ten, at(0s)).admitted());
  for (int i = 0; i < 5; ++i)
    REQUIRE(limiter.take("half", ten, at(0s)).admitted());
  for (int i = 0; i < 100; ++i)
    REQUIRE(limiter.take("new" + std::to_string(i), ten, at(1s)).admitted());
  CHECK(limiter.count("nearly out", at(1s)) == 9);
  CHECK(limiter.count("half", at(1s)) == 5);
  // Keys that use up as much push it out, and that one last.
  for (int i = 0; i < 5 * 7; ++i)
    (void)limiter.take("half" + std::to_string(i / 5), ten, at(2s));
  CHECK(limiter.count("half", at(2s)) == 0);
  CHECK(limiter.count("nearly out", at(2s)) == 9);
}

TEST_CASE("a key at its limit is never pushed out by a flood of others") {
  CHECK(rc::check("flood", [](std::uint64_t) {
    window_limiter limiter(8);
    REQUIRE(limiter.take("victim", {1, 1h}, at(0ms)).admitted());
    for (int i = 0; i < 300; ++i) {
      const auto key = "k" + std::to_string(*rc::gen::inRange(0, 100));
      const auto count = *rc::gen::inRange<std::uint32_t>(1, 4);
      (void)limiter.take(key, {count, 2h}, at(std::chrono::seconds(i)));
      RC_ASSERT(limiter.keys() <= 8);
      RC_ASSERT(!limiter.peek("victim", {1, 1h}, at(std::chrono::seconds(i))).admitted());
    }
  }));
}

TEST_CASE(
    "when only keys at their limit are left, a new key is refused until one leaves") {
  window_limiter limiter(2);
  REQUIRE(limiter.take("a", {1, 10s}, at(0s)).admitted());
  REQUIRE(limiter.take("b", {1, 30s}, at(0s)).admitted());
  const auto refused = limiter.take("c", {1, 30s}, at(4s));
  CHECK(refused.result == verdict::full);
  CHECK(refused.retry_after == 6s);
  CHECK(limiter.take("c", {1, 30s}, at(10s)).admitted());
  CHECK(limiter.keys() == 2);
}

TEST_CASE("a set of rules that finds no room takes nothing") {
  window_limiter limiter(2);
  REQUIRE(limiter.take("a", {1, 10s}, at(0s)).admitted());
  const std::vector<rate_rule> rules{{"b", {1, 1h}}, {"c", {5, 1h}}};
  const auto refused = limiter.take_all(rules, at(0s));
  CHECK(refused.result == verdict::full);
  CHECK(refused.rule == 1);
  CHECK(limiter.count("b", at(0s)) == 0);
}

TEST_CASE("a limit that was changed holds from the next take on") {
  window_limiter limiter(100'000);
  for (int i = 0; i < 5; ++i)
    REQUIRE(limiter.take("k", {5, 1h}, at(std::chrono::minutes(i))).admitted());
  const auto lowered = limiter.take("k", {2, 1h}, at(5min));
  CHECK_FALSE(lowered.admitted());
  CHECK(lowered.retry_after == 58min);
  CHECK(limiter.take("k", {6, 1h}, at(5min)).admitted());
}

TEST_CASE("forgetting a key starts it anew") {
  window_limiter limiter(100'000);
  REQUIRE(limiter.take("k", {1, 1h}, at(0ms)).admitted());
  limiter.forget("k");
  CHECK(limiter.keys() == 0);
  CHECK(limiter.take("k", {1, 1h}, at(0ms)).admitted());
  limiter.forget("nobody");
  limiter.give_back("nobody");
}

} // namespace tinybook
