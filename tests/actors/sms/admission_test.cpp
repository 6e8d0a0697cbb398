#include "actors/sms/admission.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <rapidcheck.h>

namespace tinybook {

using namespace std::chrono_literals;
using test::tick_start;

namespace {

admission_rules rules(std::int64_t places, std::uint32_t rate) {
  admission_rules out;
  out.max_in_flight = places;
  out.rate_per_second = rate;
  return out;
}

/// Begins as many as `wanted`; how many were let through.
int begin(admission& a, int wanted, tick now) {
  int begun = 0;
  while (begun < wanted && a.begin(now))
    ++begun;
  return begun;
}

} // namespace

TEST_CASE("the rate counts each beginning and opens again within a second") {
  admission a{rules(16, 3)};
  CHECK(a.free(tick_start).count == 3);
  CHECK(begin(a, 10, tick_start) == 3);
  const auto refused = a.free(tick_start + 400ms);
  CHECK(refused.count == 0);
  CHECK(refused.retry_after == 600ms);
  CHECK(begin(a, 10, tick_start + 1s) == 3);
}

TEST_CASE("a place is free again when its call has ended, its share of the rate is not") {
  admission a{rules(2, 3)};
  CHECK(begin(a, 2, tick_start) == 2);
  CHECK(a.free(tick_start).count == 0);
  a.finish();
  a.finish();
  CHECK(a.free(tick_start).count == 1);
}

TEST_CASE("a pause that the provider asked for leaves no place, until it is lifted") {
  admission a{rules(2, 0)};
  a.throttled(5s, tick_start);
  CHECK(a.free(tick_start + 1s).retry_after == 4s);
  CHECK_FALSE(a.begin(tick_start + 1s));
  a.resume();
  CHECK(a.begin(tick_start + 1s));
}

TEST_CASE("a share scales places and rate down to at least one of each") {
  admission a{rules(10, 100)};
  a.set_share(0.25);
  CHECK(a.free(tick_start).count == 2);
  a.set_share(0.01);
  CHECK(a.free(tick_start).count == 1);
}

TEST_CASE("a rate of 0 is no limit") {
  admission a{rules(1000, 0)};
  CHECK(begin(a, 2000, tick_start) == 1000);
}

TEST_CASE("neither places nor rate are ever exceeded, and what is free can begin") {
  CHECK(rc::check("admission under random use", [] {
    const auto places = *rc::gen::inRange<std::int64_t>(1, 6);
    const auto rate = *rc::gen::inRange<std::uint32_t>(0, 6);
    admission a{rules(places, rate)};
    auto now = tick_start;
    std::int64_t in_flight = 0;
    std::deque<tick> begun;
    for (int i = 0; i < 200; ++i) {
      now += std::chrono::milliseconds{*rc::gen::inRange(0, 300)};
      const auto free = a.free(now);
      RC_ASSERT((free.count > 0) != (free.retry_after > 0ms));
      if (*rc::gen::arbitrary<bool>()) {
        RC_ASSERT(a.begin(now) == (free.count > 0));
        if (free.count > 0) {
          ++in_flight;
          begun.push_back(now);
        }
      } else if (in_flight > 0) {
        a.finish();
        --in_flight;
      }
      while (!begun.empty() && begun.front() + 1s <= now)
        begun.pop_front();
      RC_ASSERT(a.in_flight() == in_flight);
      RC_ASSERT(in_flight <= places);
      if (rate > 0)
        RC_ASSERT(std::ssize(begun) <= std::int64_t{rate});
    }
  }));
}

} // namespace tinybook
