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

provider_places places(std::int64_t free, refusal why = refusal::busy) {
  return {"", 1, 0, free, 2s, why};
}

/// With a retry budget of one try in ten seconds.
provider_roster listed(std::vector<roster_entry> entries) {
  return {std::move(entries), {0.0, 1, 1s}, 1h};
}

} // namespace

TEST_CASE("first tries are shared by weight, the others stay in order") {
  auto roster = listed({{"a", 300, {}}, {"b", 100, {}}, {"c", 0, {}}});
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
  auto roster = listed({{"a", 100, {}}});
  roster.told(0, places(1), tick_start);
  roster.refused(0, 0ms, tick_start);
  CHECK_FALSE(roster.admits(0, tick_start));
  CHECK(roster.admits(0, tick_start + 10ms));
  roster.refused(0, 48h, tick_start);
  CHECK(roster.next_admission(1h, tick_start) <= tick_start + 1min);
  roster.reopened(0);
  CHECK(roster.admits(0, tick_start));
}

TEST_CASE("views are those of the route, the longest first, then who holds a place") {
  auto roster = listed({{"a", 100, {}},
                        {"b", 100, {{"+1", "+86"}}},
                        {"c", 100, {{"+1876"}}},
                        {"d", 100, {{"+86"}}},
                        {"e", 100, {{}, {"+1"}}}});
  for (std::size_t i = 0; i < roster.size(); ++i)
    roster.told(i, places(1), tick_start);
  const auto seen = [&](std::string_view e164, std::optional<std::size_t> held) {
    return names(roster.views(e164, "", held, noon, tick_start));
  };
  using words = std::vector<std::string>;
  CHECK(seen("+8613800138000", std::nullopt) == words{"b", "d", "a", "e"});
  CHECK(seen("+8613800138000", 3) == words{"d", "b", "a", "e"});
  CHECK(seen("+8613800138000", 4) == words{"b", "d", "e", "a"});
  CHECK(seen("+8613800138000", 2) == words{"b", "d", "a", "e"});
  CHECK(seen("+18768001234", 1) == words{"c", "b", "a"});
  CHECK(seen("+77012345678", std::nullopt) == words{"a", "e"});
  roster.refused(1, 2s, tick_start);
  CHECK(roster.views("+861", "", std::nullopt, noon, tick_start)[0].admits_from
        == noon + 2s);
}

TEST_CASE("a route is matched by its longest prefix over the digits") {
  const number_routes routes{{"+7701", "+77", "+1876"}, {"+1876999"}};
  CHECK(routes.match("+77012345678") == 5);
  CHECK(routes.match("+77712345678") == 3);
  CHECK(routes.match("+18768001234") == 5);
  CHECK_FALSE(routes.match("+18769991234"));
  CHECK_FALSE(routes.match("+79161234567"));
  CHECK(number_routes{}.match("+79161234567") == 0);
}

TEST_CASE("a provider without a place admits nothing, whoever holds the last one") {
  auto roster = listed({{"a", 100, {}}});
  CHECK_FALSE(roster.admits(0, tick_start)); // It has told nothing yet.
  CHECK(roster.next_admission(1s, tick_start) == tick_start + 1s);
  roster.told(0, places(1), tick_start);
  CHECK(roster.admits(0, tick_start));
  roster.places(0).hold(1);
  CHECK_FALSE(roster.admits(0, tick_start));
  CHECK(roster.views("+86", "", 0, noon, tick_start)[0].admits_from == noon);
  CHECK(roster.views("+86", "", std::nullopt, noon, tick_start)[0].admits_from > noon);
}

TEST_CASE("what a sender tells opens its provider, or shuts it with a reason") {
  auto roster = listed({{"a", 100, {}}, {"b", 100, {}}});
  roster.told(0, places(0, refusal::open), tick_start);
  CHECK(roster.cannot_send(0, tick_start) == refusal::open);
  CHECK(roster.wait(0, tick_start) == 2s);
  CHECK_FALSE(roster.all_open());
  roster.told(1, places(0, refusal::open), tick_start);
  CHECK(roster.all_open());
  CHECK(roster.cannot_send(0, tick_start + 1h) == refusal::open); // Until it tells more.
  roster.told(0, places(3), tick_start);
  CHECK(roster.admits(0, tick_start));
  CHECK_FALSE(roster.all_open());
}

TEST_CASE("a view says whether the retry budget holds a provider back, and the region") {
  auto roster = listed({{"a", 100, {}}, {"b", 100, {}}});
  const auto seen = [&](std::string_view region) {
    return roster.views("+18768001234", region, std::nullopt, noon, tick_start);
  };
  roster.budget(1).repeated(tick_start);
  roster.regions().note(0, "JM", tick_start);
  CHECK(seen("JM")[0].may_repeat);
  CHECK_FALSE(seen("JM")[1].may_repeat);
  CHECK(seen("JM")[0].comes_last);
  CHECK_FALSE(seen("JM")[1].comes_last);
  CHECK_FALSE(seen("US")[0].comes_last);
}

TEST_CASE("a sender is asked for places now and then, until it has told") {
  auto roster = listed({{"a", 100, {}}, {"b", 100, {}}});
  CHECK(roster.ask(0, 1s, tick_start));
  CHECK_FALSE(roster.ask(0, 1s, tick_start + 999ms));
  CHECK(roster.ask(1, 1s, tick_start + 999ms));
  CHECK(roster.ask(0, 1s, tick_start + 1s));
  roster.told(0, places(0), tick_start + 1s);
  CHECK(roster.ask(0, 1s, tick_start + 1s));
}

TEST_CASE("without providers it is looked again in the time that was given") {
  auto roster = listed({});
  seeded_random random{3};
  CHECK(roster.next_admission(1s, tick_start) == tick_start + 1s);
  CHECK(roster.draw_order(random).empty());
}

} // namespace tinybook
