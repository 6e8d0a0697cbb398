#include "actors/sms/provider_roster.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

namespace tinybook {

using namespace std::chrono_literals;
using test::tick_start;

namespace {

constexpr wall_time noon{std::chrono::hours{12}};

std::vector<std::string> names(const std::vector<provider_view>& views) {
  std::vector<std::string> out;
  for (const auto& view : views)
    out.push_back(view.name);
  return out;
}

} // namespace

TEST_CASE("first tries are shared by weight, the others stay in order") {
  provider_roster roster{{{"a", 300, {}}, {"b", 100, {}}, {"c", 0, {}}}};
  seeded_random random{3};
  int first_is_b = 0;
  for (int i = 0; i < 4'000; ++i) {
    const auto order = roster.draw_order(random);
    REQUIRE(order.size() == 3);
    CHECK(order[0] != 2);
    CHECK(order[2] == 2);
    first_is_b += order[0] == 1 ? 1 : 0;
  }
  CHECK(first_is_b > 900);
  CHECK(first_is_b < 1'100);
}

TEST_CASE("a refusal is bounded on both sides and opens again") {
  provider_roster roster{{{"a", 100, {}}}};
  roster.refused(0, 0ms, tick_start);
  CHECK_FALSE(roster.admits(0, tick_start));
  CHECK(roster.admits(0, tick_start + 10ms));
  roster.refused(0, 48h, tick_start);
  CHECK(roster.next_admission(tick_start) <= tick_start + 1min);
  roster.reopened(0);
  CHECK(roster.admits(0, tick_start));
}

TEST_CASE("views are those of the route, the one that holds a place first") {
  provider_roster roster{{{"a", 100, {"+86"}}, {"b", 100, {}}, {"c", 100, {"+1"}}}};
  CHECK(names(roster.views("+86", std::nullopt, noon, tick_start))
        == std::vector<std::string>{"a", "b"});
  CHECK(names(roster.views("+86", 1, noon, tick_start))
        == std::vector<std::string>{"b", "a"});
  CHECK(names(roster.views("+86", 2, noon, tick_start))
        == std::vector<std::string>{"a", "b"});
  roster.refused(0, 2s, tick_start);
  CHECK(roster.views("+86", std::nullopt, noon, tick_start)[0].admits_from == noon + 2s);
}

TEST_CASE("without providers there is no next admission") {
  provider_roster roster{{}};
  seeded_random random{3};
  CHECK_FALSE(roster.next_admission(tick_start));
  CHECK(roster.draw_order(random).empty());
}

} // namespace tinybook
