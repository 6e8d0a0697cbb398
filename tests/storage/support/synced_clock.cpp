#include "storage/support/synced_clock.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {

using steady_time = synced_clock::steady_time;
constexpr steady_time steady_start{1h};
constexpr wall_time first_reading{24h * 20000};

} // namespace

TEST_CASE("before the first reading a synced clock shows the system's time") {
  const synced_clock clock;
  CHECK(clock.now() >= system_now() - 1s);
  CHECK(clock.now() <= system_now() + 1s);
  CHECK_FALSE(clock.at(steady_start));
  CHECK(clock.ahead_of_system() == 0ms);
}

TEST_CASE("a synced clock runs on from what the database said, in whole milliseconds") {
  synced_clock clock;
  clock.sync(first_reading, steady_start, steady_start);
  CHECK(clock.at(steady_start) == first_reading);
  CHECK(clock.at(steady_start + 10s) == first_reading + 10s);
  CHECK(clock.at(steady_start + 10s + 1999us) == first_reading + 10s + 2ms);
}

TEST_CASE("a slow answer that agrees moves nothing") {
  synced_clock clock;
  clock.sync(first_reading, steady_start, steady_start + 1ms);
  const auto before = clock.at(steady_start + 1min);
  clock.sync(first_reading + 9700ms, steady_start + 9s, steady_start + 10s);
  CHECK(clock.at(steady_start + 1min) == before);
}

TEST_CASE("a fast answer corrects a drift by what is certain only") {
  synced_clock clock;
  clock.sync(first_reading, steady_start, steady_start);
  // The database's clock is behind by 100 ms now, give or take the round trip.
  clock.sync(first_reading + 9900ms, steady_start + 10s - 4ms, steady_start + 10s);
  CHECK(clock.at(steady_start + 10s) == first_reading + 9905ms);
  // And ahead by two seconds then.
  clock.sync(first_reading + 22s, steady_start + 20s - 4ms, steady_start + 20s);
  CHECK(clock.at(steady_start + 20s) == first_reading + 22s);
}

TEST_CASE("a synced clock is never further from the truth than its last answer took") {
  CHECK(rc::check("whatever the drift and the round trips", [] {
    const auto trips = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2000)));
    synced_clock clock;
    auto steady = steady_start;
    auto truth = first_reading;
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

} // namespace tinybook
