#include "storage/support/synced_clock.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <vector>

using namespace tinybook;
using namespace std::chrono_literals;

namespace {

using steady_time = synced_clock::steady_time;
constexpr steady_time start{1h};
constexpr wall_time day{24h * 20000};

} // namespace

TEST_CASE("before the first reading a synced clock shows the system's time") {
  const synced_clock clock;
  CHECK(clock.now() >= system_now() - 1s);
  CHECK(clock.now() <= system_now() + 1s);
  CHECK_FALSE(clock.at(start));
  CHECK(clock.ahead_of_system() == 0ms);
}

TEST_CASE("a synced clock runs on from what the database said, in whole milliseconds") {
  synced_clock clock;
  clock.sync(day, start, start);
  CHECK(clock.at(start) == day);
  CHECK(clock.at(start + 10s) == day + 10s);
  CHECK(clock.at(start + 10s + 1999us) == day + 10s + 2ms);
}

TEST_CASE("a slow answer that agrees moves nothing") {
  synced_clock clock;
  clock.sync(day, start, start + 1ms);
  const auto before = clock.at(start + 1min);
  clock.sync(day + 9700ms, start + 9s, start + 10s);
  CHECK(clock.at(start + 1min) == before);
}

TEST_CASE("a fast answer corrects a drift by what is certain only") {
  synced_clock clock;
  clock.sync(day, start, start);
  // The database's clock is behind by 100 ms now, give or take the round trip.
  clock.sync(day + 9900ms, start + 10s - 4ms, start + 10s);
  CHECK(clock.at(start + 10s) == day + 9905ms);
  // And ahead by two seconds then.
  clock.sync(day + 22s, start + 20s - 4ms, start + 20s);
  CHECK(clock.at(start + 20s) == day + 22s);
}

TEST_CASE("a synced clock is never further from the truth than its last answer took") {
  CHECK(rc::check("whatever the drift and the round trips", [] {
    const auto trips = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2000)));
    synced_clock clock;
    auto steady = start;
    auto truth = day;
    for (const auto trip_ms : trips) {
      const auto trip = std::chrono::milliseconds{trip_ms};
      const auto drift = std::chrono::milliseconds{*rc::gen::inRange(-50, 50)};
      steady += 1s;
      truth += 1s + drift;
      const auto reading =
          truth + std::chrono::milliseconds{*rc::gen::inRange(0, trip_ms + 1)};
      clock.sync(reading, steady, steady + trip);
      steady += trip;
      truth += trip;
      RC_ASSERT(*clock.at(steady) >= truth - trip);
      RC_ASSERT(*clock.at(steady) <= truth + trip + 1ms);
    }
  }));
}
