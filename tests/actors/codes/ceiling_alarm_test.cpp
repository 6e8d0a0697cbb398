#include "actors/codes/ceiling_alarm.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <rapidcheck.h>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;
using test::wall_start;

TEST_CASE("a ceiling warns from its share on, once a window") {
  CHECK(rc::check("as the naive rule says", [] {
    ceiling_alarm alarm{{10, 1h}, 0.8};
    auto now = wall_start;
    std::optional<wall_time> warned;
    bool near = false;
    const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, 11), rc::gen::inRange(0, 50)));
    for (const auto& [used, minutes] : steps) {
      now += std::chrono::minutes{minutes};
      auto expected = ceiling_news::none;
      if (used < 8 && near)
        expected = ceiling_news::over;
      if (used >= 8 && (!warned || now - *warned >= 1h)) {
        expected = ceiling_news::near;
        warned = now;
      }
      near = used >= 8;
      RC_ASSERT(alarm.note(static_cast<std::uint32_t>(used), now) == expected);
      RC_ASSERT(alarm.alarmed(now) == near);
    }
  }));
}

TEST_CASE("a window after the last send nothing of a ceiling is used up") {
  ceiling_alarm alarm{{10, 1h}, 0.8};
  CHECK(alarm.note(9, wall_start) == ceiling_news::near);
  CHECK(alarm.used(wall_start + 59min) == 9);
  CHECK(alarm.used(wall_start + 1h) == 0);
  CHECK_FALSE(alarm.alarmed(wall_start + 1h));
}

TEST_CASE("a ceiling that is off never warns, the smallest one does from the first on") {
  ceiling_alarm off{{0, 1h}, 0.8};
  CHECK(off.note(5, wall_start) == ceiling_news::none);
  CHECK_FALSE(off.alarmed(wall_start));
  ceiling_alarm smallest{{1, 1h}, 0.01};
  CHECK(smallest.note(0, wall_start) == ceiling_news::none);
  CHECK(smallest.note(1, wall_start) == ceiling_news::near);
}

} // namespace tinybook
