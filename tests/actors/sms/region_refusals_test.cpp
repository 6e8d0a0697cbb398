#include "actors/sms/region_refusals.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <string>

namespace tinybook {

using namespace std::chrono_literals;
using test::tick_start;

TEST_CASE("a refusal holds for its provider and region, for a while") {
  region_refusals refusals{10min};
  refusals.note(0, "JM", tick_start);
  CHECK(refusals.holds(0, "JM", tick_start + 10min - 1ms));
  CHECK_FALSE(refusals.holds(0, "JM", tick_start + 10min));
  CHECK_FALSE(refusals.holds(1, "JM", tick_start));
  CHECK_FALSE(refusals.holds(0, "US", tick_start));
  CHECK(refusals.all(tick_start)
        == std::vector<region_refusals::refusal>{{0, "JM", tick_start + 10min}});
  CHECK(refusals.all(tick_start + 10min).empty());
}

TEST_CASE("a delivery or an action of an operator ends a refusal") {
  region_refusals refusals{10min};
  refusals.note(0, "JM", tick_start);
  refusals.note(0, "US", tick_start);
  refusals.note(1, "JM", tick_start);
  refusals.forget(0, "JM");
  CHECK_FALSE(refusals.holds(0, "JM", tick_start));
  CHECK(refusals.holds(0, "US", tick_start));
  refusals.forget(0);
  CHECK_FALSE(refusals.holds(0, "US", tick_start));
  CHECK(refusals.holds(1, "JM", tick_start));
}

TEST_CASE("what ends first is forgotten before there are too many") {
  region_refusals refusals{10min};
  for (std::size_t i = 0; i <= region_refusals::most_regions; ++i)
    refusals.note(0, std::to_string(i), tick_start + std::chrono::milliseconds{i});
  CHECK(refusals.all(tick_start).size() == region_refusals::most_regions);
  CHECK_FALSE(refusals.holds(0, "0", tick_start));
  CHECK(refusals.holds(0, "1", tick_start));
}

} // namespace tinybook
