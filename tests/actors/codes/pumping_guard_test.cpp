#include "actors/codes/pumping_guard.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;
using test::wall_start;

namespace {

/// One code that was delivered.
struct delivery {
  std::string region;
  std::string address;
  bool entered = false;
};

config::guard_settings small_rules() {
  auto rules = test::default_settings().guard;
  rules.min_samples = 4;
  rules.min_samples_per_address = 2;
  rules.floor = 0.25;
  return rules;
}

constexpr network_times small_networks{.in_24 = 2, .in_56 = 2, .in_48 = 3};

/// With the bounds above.
pumping_guard small_guard(config::guard_settings rules = small_rules()) {
  return {rules, "CN", small_networks};
}

/// Two of one /24 and one of another; two of one /56 and one more of its /48.
const std::vector<std::string> places{
    "192.0.2.1",         "192.0.2.2",         "198.51.100.1",
    "2001:db8:1:1::/64", "2001:db8:1:2::/64", "2001:db8:1:101::/64",
};

/// The networks of `address` among those, and how many samples they need.
std::vector<std::pair<std::vector<std::string>, std::int64_t>>
around(const std::string& address) {
  if (address.starts_with("192.0.2."))
    return {{{places[0], places[1]}, 4}};
  if (address.starts_with("198."))
    return {{{places[2]}, 4}};
  if (!address.starts_with("2001:db8:1:"))
    return {};
  const bool first_56 = address != places[5];
  return {{first_56 ? std::vector{places[3], places[4]} : std::vector{places[5]}, 4},
          {{places[3], places[4], places[5]}, 6}};
}

storage::verified_share& row_of(std::vector<storage::verified_share>& rows,
                                const std::string& region, const std::string& address) {
  for (auto& r : rows)
    if (r.region == region && r.client_address == address)
      return r;
  return rows.emplace_back(storage::verified_share{region, address});
}

/// What the store would count.
storage::verified_shares count(const std::vector<delivery>& all) {
  storage::verified_shares shares;
  for (const auto& d : all) {
    auto add = [&](storage::verified_share& to) {
      ++to.delivered;
      to.verified += d.entered ? 1 : 0;
    };
    add(row_of(shares.regions, d.region, ""));
    add(row_of(shares.addresses, d.region, d.address));
  }
  return shares;
}

std::vector<delivery> some(int times, const std::string& region,
                           const std::string& address, bool entered) {
  return {static_cast<std::size_t>(times), delivery{region, address, entered}};
}

std::vector<delivery> operator+(std::vector<delivery> a, const std::vector<delivery>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// A naive model of the rule, from the deliveries themselves.
guard_verdict naive_verdict(const std::vector<delivery>& all, const std::string& region,
                            const std::string& address) {
  auto rules = small_rules();
  auto low = [&](auto matches, std::int64_t least) {
    auto total = std::ranges::count_if(all, matches);
    auto entered = std::ranges::count_if(
        all, [&](const delivery& d) { return matches(d) && d.entered; });
    return total >= least
           && static_cast<double>(entered) / static_cast<double>(total) < rules.floor;
  };
  auto to_region = [&](const delivery& d) {
    return d.region == region;
  };
  if (!low(to_region, rules.min_samples))
    return guard_verdict::pass;
  auto from_any = [&](const std::vector<std::string>& of) {
    return [&](const delivery& d) {
      return to_region(d) && std::ranges::count(of, d.address) > 0;
    };
  };
  if (low(from_any({address}), rules.min_samples_per_address))
    return guard_verdict::held;
  for (const auto& [network, least] : around(address))
    if (low(from_any(network), least))
      return guard_verdict::held;
  return region == "CN" ? guard_verdict::pass : guard_verdict::verified_only;
}

rc::Gen<delivery> any_delivery() {
  return rc::gen::build<delivery>(
      rc::gen::set(&delivery::region,
                   rc::gen::elementOf(std::vector<std::string>{"CN", "DE", "US"})),
      rc::gen::set(&delivery::address, rc::gen::elementOf(places)),
      rc::gen::set(&delivery::entered,
                   rc::gen::map(rc::gen::inRange(0, 5), [](int n) { return n == 0; })));
}

} // namespace

TEST_CASE("the guard judges as the deliveries themselves say, whatever came before") {
  CHECK(rc::check("guard equals the naive rule", [] {
    auto guard = small_guard();
    auto now = wall_start;
    for (int round = 0; round < 3; ++round) {
      const auto all = *rc::gen::container<std::vector<delivery>>(any_delivery());
      guard.update(count(all), now += 10s);
      for (const auto* region : {"CN", "DE", "US", "RU"})
        for (const auto& address : places)
          RC_ASSERT(guard.judge(region, address) == naive_verdict(all, region, address));
    }
  }));
}

TEST_CASE("every change of a region is told once, with the time that it holds since") {
  CHECK(rc::check("changes replay to the standings", [] {
    auto guard = small_guard();
    std::map<std::string, guarded_region> told;
    auto now = wall_start;
    for (int round = 0; round < 4; ++round) {
      const auto all = *rc::gen::container<std::vector<delivery>>(any_delivery());
      now += 10s;
      for (const auto& c : guard.update(count(all), now)) {
        RC_ASSERT(c.now.standing != told[c.region].standing);
        RC_ASSERT(c.now.since == now);
        told[c.region] = c.now;
      }
      for (const auto& [region, state] : guard.regions()) {
        RC_ASSERT(state.standing == told[region].standing);
        if (state.standing != region_standing::fine)
          RC_ASSERT(state.since == told[region].since);
      }
    }
  }));
}

TEST_CASE("a region that it knows nothing about passes") {
  auto guard = small_guard();
  CHECK(guard.judge("DE", "a") == guard_verdict::pass);
  CHECK(guard.retry_after("DE", wall_start) >= 1s);
}

TEST_CASE("a region is held from the minimum of samples on, and only below the floor") {
  auto guard = small_guard();
  guard.update(count(some(3, "DE", "a", false)), wall_start);
  CHECK(guard.judge("DE", "z") == guard_verdict::pass);
  guard.update(count(some(4, "DE", "a", false)), wall_start);
  CHECK(guard.judge("DE", "z") == guard_verdict::verified_only);
  guard.update(count(some(3, "DE", "a", false) + some(1, "DE", "b", true)), wall_start);
  CHECK(guard.judge("DE", "z") == guard_verdict::pass); // Exactly at the floor.
}

TEST_CASE("an address that caused it is refused there and passes elsewhere") {
  auto guard = small_guard();
  guard.update(count(some(4, "DE", "bad", false) + some(1, "DE", "few", false)
                     + some(4, "US", "bad", true)),
               wall_start);
  CHECK(guard.judge("DE", "bad") == guard_verdict::held);
  CHECK(guard.judge("DE", "few") == guard_verdict::verified_only);
  CHECK(guard.judge("US", "bad") == guard_verdict::pass);
  CHECK(guard.held_addresses() == 1);
}

TEST_CASE("in the default region those who caused it are held, and nobody else") {
  auto guard = small_guard();
  auto changes = guard.update(count(some(9, "CN", "bad", false)), wall_start);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].now.standing == region_standing::alarmed);
  CHECK(guard.judge("CN", "bad") == guard_verdict::held);
  CHECK(guard.judge("CN", "another") == guard_verdict::pass);
}

TEST_CASE("a network whose addresses ask for one code each is held as a whole") {
  auto guard = small_guard();
  std::vector<delivery> all;
  for (int i = 0; i < 6; ++i)
    all = all + some(1, "CN", "2001:db8:1:" + std::to_string(i) + "00::/64", false);
  guard.update(count(all), wall_start);
  CHECK(guard.held_addresses() == 0);
  CHECK(guard.held_networks() == 1);
  CHECK(guard.judge("CN", "2001:db8:1:ffff::/64") == guard_verdict::held);
  CHECK(guard.judge("CN", "2001:db8:2::/64") == guard_verdict::pass);
  guard.update(count(std::vector<delivery>(all.begin() + 1, all.end())), wall_start);
  CHECK(guard.judge("CN", "2001:db8:1:ffff::/64") == guard_verdict::pass);
}

TEST_CASE("a guard that is off holds and alarms nobody") {
  auto rules = small_rules();
  rules.enabled = false;
  auto guard = small_guard(rules);
  CHECK(guard.update(count(some(9, "DE", "a", false)), wall_start).empty());
  CHECK(guard.judge("DE", "a") == guard_verdict::pass);
}

TEST_CASE("whoever is held is told to wait until the window has passed, never for less "
          "than a second") {
  auto guard = small_guard();
  auto bad = count(some(4, "DE", "a", false));
  guard.update(bad, wall_start);
  guard.update(bad, wall_start + 10min);
  CHECK(guard.retry_after("DE", wall_start + 10min) == 50min);
  CHECK(guard.retry_after("DE", wall_start + 2h) == 1s);
  CHECK(guard.retry_after("DE", wall_start - 24h) == 1h); // A clock that was set back.
}

} // namespace tinybook
