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

} // namespace

TEST_CASE("the rate counts at the reservation and opens again within a second") {
  admission a{rules(16, 3)};
  CHECK(a.reserve(10, tick_start).granted == 3);
  const auto refused = a.reserve(1, tick_start + 400ms);
  CHECK(refused.granted == 0);
  CHECK(refused.retry_after == 600ms);
  CHECK(a.reserve(10, tick_start + 1s).granted == 3);
}

TEST_CASE("what is given back can be granted again at once") {
  admission a{rules(16, 3)};
  CHECK(a.reserve(3, tick_start).granted == 3);
  a.release(2, tick_start + 1ms);
  CHECK(a.reserve(3, tick_start + 2ms).granted == 2);
}

TEST_CASE("a reservation that nobody uses runs out") {
  admission a{rules(2, 0)};
  CHECK(a.reserve(2, tick_start).granted == 2);
  CHECK(a.reserve(1, tick_start + 9s).granted == 0);
  CHECK(a.reserve(2, tick_start + 10s).granted == 2);
}

TEST_CASE("a rate of 0 is no limit") {
  admission a{rules(1000, 0)};
  CHECK(a.reserve(1000, tick_start).granted == 1000);
}

TEST_CASE("neither places nor rate are ever exceeded") {
  CHECK(rc::check("admission under random use", [] {
    const auto places = *rc::gen::inRange<std::int64_t>(1, 6);
    const auto rate = *rc::gen::inRange<std::uint32_t>(0, 6);
    admission a{rules(places, rate)};
    auto now = tick_start;
    std::int64_t in_flight = 0;
    std::deque<tick> begun;
    for (int i = 0; i < 200; ++i) {
      now += std::chrono::milliseconds{*rc::gen::inRange(0, 300)};
      switch (*rc::gen::inRange(0, 4)) {
      case 0: {
        const auto answer = a.reserve(*rc::gen::inRange(1, 5), now);
        RC_ASSERT(answer.granted > 0 || answer.retry_after > 0ms);
        break;
      }
      case 1:
        a.release(*rc::gen::inRange(1, 4), now);
        break;
      case 2:
        if (a.begin(now)) {
          ++in_flight;
          begun.push_back(now);
        }
        break;
      default:
        if (in_flight > 0) {
          a.finish();
          --in_flight;
        }
      }
      RC_ASSERT(a.in_flight() == in_flight);
      RC_ASSERT(a.in_flight() + a.reserved(now) <= places);
      // A reservation may be used until it runs out: the rate must hold over that time.
      if (rate > 0)
        RC_ASSERT(a.tokens_left(now) >= 0);
    }
  }));
}

} // namespace tinybook
