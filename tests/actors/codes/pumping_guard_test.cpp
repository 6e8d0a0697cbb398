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
  if (region == "CN" || !low(to_region, rules.min_samples))
    return guard_verdict::pass;
  auto from_address = [&](const delivery& d) {
    return to_region(d) && d.address == address;
  };
  return low(from_address, rules.min_samples_per_address) ? guard_verdict::held
                                                          : guard_verdict::verified_only;
}

rc::Gen<delivery> any_delivery() {
  return rc::gen::build<delivery>(
      rc::gen::set(&delivery::region,
                   rc::gen::elementOf(std::vector<std::string>{"CN", "DE", "US"})),
      rc::gen::set(&delivery::address,
                   rc::gen::elementOf(std::vector<std::string>{"a", "b", "c"})),
      rc::gen::set(&delivery::entered,
                   rc::gen::map(rc::gen::inRange(0, 5), [](int n) { return n == 0; })));
}

} // namespace

TEST_CASE("the guard judges as the deliveries themselves say, whatever came before") {
  CHECK(rc::check("guard equals the naive rule", [] {
    pumping_guard guard{small_rules(), "CN"};
    auto now = wall_start;
    for (int round = 0; round < 3; ++round) {
      const auto all = *rc::gen::container<std::vector<delivery>>(any_delivery());
      guard.update(count(all), now += 10s);
      for (const auto* region : {"CN", "DE", "US", "RU"})
        for (const auto* address : {"a", "b", "c", "d"})
          RC_ASSERT(guard.judge(region, address) == naive_verdict(all, region, address));
    }
  }));
}

TEST_CASE("every change of a region is told once, with the time that it holds since") {
  CHECK(rc::check("changes replay to the standings", [] {
    pumping_guard guard{small_rules(), "CN"};
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
  pumping_guard guard{small_rules(), "CN"};
  CHECK(guard.judge("DE", "a") == guard_verdict::pass);
  CHECK(guard.retry_after("DE", wall_start) >= 1s);
}

TEST_CASE("a region is held from the minimum of samples on, and only below the floor") {
  pumping_guard guard{small_rules(), "CN"};
  guard.update(count(some(3, "DE", "a", false)), wall_start);
  CHECK(guard.judge("DE", "z") == guard_verdict::pass);
  guard.update(count(some(4, "DE", "a", false)), wall_start);
  CHECK(guard.judge("DE", "z") == guard_verdict::verified_only);
  guard.update(count(some(3, "DE", "a", false) + some(1, "DE", "b", true)), wall_start);
  CHECK(guard.judge("DE", "z") == guard_verdict::pass); // Exactly at the floor.
}

TEST_CASE("an address that caused it is refused there and passes elsewhere") {
  pumping_guard guard{small_rules(), "CN"};
  guard.update(count(some(4, "DE", "bad", false) + some(1, "DE", "few", false)
                     + some(4, "US", "bad", true)),
               wall_start);
  CHECK(guard.judge("DE", "bad") == guard_verdict::held);
  CHECK(guard.judge("DE", "few") == guard_verdict::verified_only);
  CHECK(guard.judge("US", "bad") == guard_verdict::pass);
  CHECK(guard.held_addresses() == 1);
}

TEST_CASE("the default region only alarms") {
  pumping_guard guard{small_rules(), "CN"};
  auto changes = guard.update(count(some(9, "CN", "bad", false)), wall_start);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].now.standing == region_standing::alarmed);
  CHECK(guard.judge("CN", "bad") == guard_verdict::pass);
}

TEST_CASE("a guard that is off holds and alarms nobody") {
  auto rules = small_rules();
  rules.enabled = false;
  pumping_guard guard{rules, "CN"};
  CHECK(guard.update(count(some(9, "DE", "a", false)), wall_start).empty());
  CHECK(guard.judge("DE", "a") == guard_verdict::pass);
}

TEST_CASE("whoever is held is told to wait until the window has passed, never for less "
          "than a second") {
  pumping_guard guard{small_rules(), "CN"};
  auto bad = count(some(4, "DE", "a", false));
  guard.update(bad, wall_start);
  guard.update(bad, wall_start + 10min);
  CHECK(guard.retry_after("DE", wall_start + 10min) == 50min);
  CHECK(guard.retry_after("DE", wall_start + 2h) == 1s);
  CHECK(guard.retry_after("DE", wall_start - 24h) == 1h); // A clock that was set back.
}

} // namespace tinybook
