#include "actors/sms/error_rate_judge.hpp"
#include "storage/support/random.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <rapidcheck.h>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

/// A naive model: every call with the number of its bucket.
class naive_window {
 public:
  naive_window(std::chrono::nanoseconds length, std::int64_t buckets)
      : length_(length), buckets_(buckets) {}

  void record(const call_counts& call, tick at) {
    look(at);
    calls_.emplace_back(head_, call);
  }
  call_counts totals(tick at) {
    look(at);
    call_counts sum;
    for (const auto& [bucket, call] : calls_)
      if (bucket > head_ - buckets_)
        sum += call;
    return sum;
  }

 private:
  void look(tick at) { head_ = std::max(head_, at.time_since_epoch() / length_); }

  std::chrono::nanoseconds length_;
  std::int64_t buckets_;
  std::int64_t head_ = 0;
  std::deque<std::pair<std::int64_t, call_counts>> calls_;
};

struct calls {
  error_rate_judge judge;
  tick now = tick_start;

  std::optional<trip_reason> one(outcome_class kind,
                                 std::chrono::milliseconds took = 0ms) {
    return judge.record(kind, took, 1, now);
  }
};

calls watched(const error_rate_rules& rules = test::default_error_rates()) {
  calls out{error_rate_judge{rules}};
  out.judge.watch(1, true, tick_start);
  return out;
}

/// Teaches a usual rate: a steady share of failures over a long time, with calls often
/// enough for the largest step.
void teach(calls& c, double rate, seeded_random& random) {
  for (int i = 0; i < 60'000; ++i) {
    c.now += 100ms;
    c.one(random.unit() < rate ? outcome_class::provider_down : outcome_class::delivered);
    if (i % 50 == 0)
      c.judge.watch(1, true, c.now);
  }
}

} // namespace

TEST_CASE("the ring's totals equal a naive list at every moment") {
  CHECK(rc::check("ring totals", [] {
    const auto buckets = *rc::gen::inRange<std::size_t>(1, 12);
    count_ring<call_counts> ring{600ms, buckets};
    naive_window naive{ring.bucket_length(), static_cast<std::int64_t>(buckets)};
    auto now = tick_start;
    const auto steps = *rc::gen::inRange(1, 200);
    for (int i = 0; i < steps; ++i) {
      // Mostly forward, now and then back, sometimes beyond the whole window.
      now += std::chrono::milliseconds{
          *rc::gen::element(0, 0, 1, 7, 49, 50, 51, 130, 599, 600, 601, 5000, -40)};
      if (*rc::gen::inRange(0, 4) > 0) {
        const auto call = as_counts(static_cast<outcome_class>(*rc::gen::inRange(0, 5)),
                                    *rc::gen::arbitrary<bool>());
        ring.record(call, now);
        naive.record(call, now);
      }
      RC_ASSERT(ring.totals(now) == naive.totals(now));
    }
  }));
}

TEST_CASE("a provider that never fails trips at 30 % of twenty calls") {
  auto c = watched();
  for (int i = 0; i < 14; ++i)
    CHECK_FALSE(c.one(outcome_class::delivered));
  for (int i = 0; i < 4; ++i)
    CHECK_FALSE(c.one(outcome_class::provider_down));
  CHECK_FALSE(c.one(outcome_class::delivered)); // Breaks the row.
  CHECK_FALSE(c.one(outcome_class::ambiguous));
  CHECK(c.one(outcome_class::ambiguous) == std::nullopt); // 6 of 21 are 28.6 %.
  CHECK(c.one(outcome_class::provider_down) == trip_reason::error_rate);
  CHECK_FALSE(c.one(outcome_class::provider_down)); // Told once.
}

TEST_CASE("five failures in a row trip without waiting for twenty calls") {
  auto c = watched();
  for (int i = 0; i < 4; ++i)
    CHECK_FALSE(c.one(outcome_class::provider_down));
  CHECK(c.one(outcome_class::ambiguous) == trip_reason::failures_in_row);
}

TEST_CASE("throttled and rejected calls say nothing of the provider's health") {
  auto c = watched();
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(c.one(outcome_class::throttled, 9s));
    CHECK_FALSE(c.one(outcome_class::rejected, 9s));
  }
  CHECK(c.judge.window(c.now).samples() == 0);
  CHECK(c.judge.all_calls().throttled == 100);
}

TEST_CASE("half of the calls over the slow limit trip, even when they succeed") {
  auto rules = test::default_error_rates();
  rules.slow_limit = 2s;
  auto c = watched(rules);
  for (int i = 0; i < 10; ++i)
    CHECK_FALSE(c.one(outcome_class::delivered, 1999ms));
  for (int i = 0; i < 9; ++i)
    CHECK_FALSE(c.one(outcome_class::delivered, 2s));
  CHECK(c.one(outcome_class::delivered, 2s) == trip_reason::slow_calls);
}

TEST_CASE("calls of an older generation count in metrics only") {
  auto c = watched();
  c.judge.watch(2, false, c.now);
  for (int i = 0; i < 50; ++i)
    CHECK_FALSE(c.judge.record(outcome_class::provider_down, 0ms, 1, c.now));
  CHECK(c.judge.window(c.now).samples() == 0);
  CHECK(c.judge.all_calls().failed == 50);
}

TEST_CASE("the window expires on a read as well as on a call") {
  auto c = watched();
  for (int i = 0; i < 4; ++i)
    c.one(outcome_class::provider_down);
  c.now += 31s;
  CHECK(c.judge.window(c.now).samples() == 0);
}

TEST_CASE("the usual rate is learnt slowly, only while closed, and never above its cap") {
  seeded_random random{11};
  SUBCASE("by at most one point a minute") {
    auto c = watched();
    for (int i = 0; i < 600; ++i) {
      c.now += 100ms;
      c.one(i % 5 == 0 ? outcome_class::provider_down : outcome_class::delivered);
    }
    CHECK(c.judge.usual_rate() > 0.0);
    CHECK(c.judge.usual_rate() <= 0.01 + 1e-9);
  }
  SUBCASE("not while the circuit is not closed") {
    auto c = watched();
    c.judge.watch(1, false, c.now);
    for (int i = 0; i < 6000; ++i) {
      c.now += 100ms;
      c.one(i % 5 == 0 ? outcome_class::provider_down : outcome_class::delivered);
    }
    CHECK(c.judge.usual_rate() == 0.0);
  }
  SUBCASE("towards what the provider usually does") {
    auto c = watched();
    teach(c, 0.2, random);
    CHECK(c.judge.usual_rate() == doctest::Approx(0.2).epsilon(0.15));
  }
  SUBCASE("an outage does not become the usual") {
    auto c = watched();
    teach(c, 0.9, random);
    CHECK(c.judge.usual_rate() <= 0.30);
  }
}

TEST_CASE("with 20 % usual failures twenty calls trip falsely one look in ten thousand") {
  // The documented figures, over random streams: with twenty calls a fixed 30 % trips on
  // 19.6 % of the checks, the adaptive threshold on 0.01 %, and at 80 % failures still on
  // 99 %.
  seeded_random random{5};
  auto c = watched();
  teach(c, 0.2, random);
  REQUIRE(c.judge.usual_rate() > 0.17);
  REQUIRE(c.judge.usual_rate() < 0.23);
  const auto threshold = c.judge.threshold(20);
  const auto trips = [&](double rate, double at) {
    constexpr int looks = 200'000;
    int over = 0;
    for (int i = 0; i < looks; ++i) {
      int failed = 0;
      for (int n = 0; n < 20; ++n)
        failed += random.unit() < rate ? 1 : 0;
      over += failed / 20.0 >= at ? 1 : 0;
    }
    return over / static_cast<double>(looks);
  };
  CHECK(trips(0.2, 0.3) == doctest::Approx(0.196).epsilon(0.03));
  CHECK(trips(0.2, threshold) < 0.0006);
  CHECK(trips(0.8, threshold) > 0.985);
}

TEST_CASE("the failures in a row that trip become more with the usual rate") {
  seeded_random random{7};
  auto c = watched();
  CHECK(c.judge.failures_in_row_limit() == 5);
  teach(c, 0.2, random);
  CHECK(c.judge.failures_in_row_limit() >= 7);
  CHECK(c.judge.failures_in_row_limit() <= 9);
}

} // namespace tinybook::test
