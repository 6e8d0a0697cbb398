#include "storage/support/backoff.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <rapidcheck.h>
#include <set>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

/// A source whose unit() is at one end of its range.
struct edge_random final : random_source {
  explicit edge_random(bool h) : high(h) {}
  std::uint32_t below(std::uint32_t) override { return 0; }
  void fill(std::span<unsigned char> out) override {
    std::ranges::fill(out, static_cast<unsigned char>(high ? 0xff : 0));
  }
  bool high;
};

backoff_options any_options() {
  return {std::chrono::milliseconds(*rc::gen::inRange(1, 10'000)),
          1 + *rc::gen::inRange(0, 900) / 100.0, *rc::gen::inRange(0, 101) / 100.0,
          std::chrono::milliseconds(*rc::gen::inRange(1, 1'000'000))};
}

} // namespace

TEST_CASE("the interval doubles from the base to the cap by default") {
  const backoff_options options{500ms, 2.0, 0.5, 60s};
  CHECK(capped_interval(options, 0) == 500ms);
  CHECK(capped_interval(options, 1) == 1s);
  CHECK(capped_interval(options, 6) == 32s);
  CHECK(capped_interval(options, 7) == 60s);
  CHECK(capped_interval(options, std::numeric_limits<unsigned>::max()) == 60s);
}

TEST_CASE("every wait lies within the jitter around the capped interval") {
  CHECK(rc::check("bounds", [](std::uint64_t seed, unsigned round) {
    const auto options = any_options();
    const auto n = *rc::gen::element(round, round % 20);
    seeded_random random(seed);
    const auto middle = std::min(static_cast<double>(options.cap.count()),
                                 static_cast<double>(options.base.count())
                                     * std::pow(options.multiplier, n));
    const auto wait = static_cast<double>(backoff_delay(options, n, random).count());
    RC_ASSERT(wait >= (1 - options.jitter) * middle - 1e-6);
    RC_ASSERT(wait <= (1 + options.jitter) * middle + 1);
  }));
}

TEST_CASE("jitter stays alive at the cap, to both sides") {
  const backoff_options options{500ms, 2.0, 0.5, 60s};
  seeded_random random(3);
  std::set<std::chrono::milliseconds> waits;
  for (int i = 0; i < 200; ++i)
    waits.insert(backoff_delay(options, 100, random));
  CHECK(waits.size() > 150);
  CHECK(*waits.begin() < 35s);
  CHECK(*waits.rbegin() > 85s);
}

TEST_CASE("the mean wait is the capped interval") {
  const backoff_options options{500ms, 2.0, 0.5, 60s};
  seeded_random random(4);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i)
    sum += static_cast<double>(backoff_delay(options, 2, random).count());
  CHECK(sum / 100'000 == doctest::Approx(2'000).epsilon(0.01));
}

TEST_CASE("Retry-After is never undercut and exceeded by a tenth at most") {
  CHECK(rc::check("retry after", [](std::uint64_t seed, unsigned round) {
    const auto options = any_options();
    const auto asked = std::chrono::milliseconds(*rc::gen::inRange(1, 10'000'000));
    seeded_random random(seed);
    const auto wait = backoff_delay(options, round, random, asked);
    RC_ASSERT(wait >= asked);
    const auto own = 2.0 * static_cast<double>(options.cap.count());
    RC_ASSERT(static_cast<double>(wait.count())
              <= std::max(own, 1.1 * static_cast<double>(asked.count())) + 1);
  }));
}

TEST_CASE("a provider's Retry-After is spread too") {
  edge_random low(false);
  edge_random high(true);
  CHECK(backoff_delay({}, 0, low, 100s) == 100s);
  CHECK(backoff_delay({}, 0, high, 100s) >= 109s);
}

TEST_CASE(
    "without jitter the wait is the interval, and absurd options give no absurd wait") {
  seeded_random random(1);
  CHECK(backoff_delay({500ms, 2, 0, 60s}, 3, random) == 4s);
  CHECK(backoff_delay({0ms, 2, 0.5, 60s}, 4'000'000'000U, random) == 0ms);
  CHECK(backoff_delay({500ms, 0.1, 0, 60s}, 9, random) == 500ms);
  CHECK(backoff_delay({500ms, 2, 7, 60s}, 0, random) >= 0ms);
  CHECK(backoff_delay({500ms, 2, 0, 60s}, 0, random, -5s) == 500ms);
}

} // namespace tinybook
