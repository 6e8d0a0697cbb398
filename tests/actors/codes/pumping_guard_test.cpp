#include "actors/codes/pumping_guard.hpp"
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
  std::string prefix;
  std::string address;
  bool entered = false;
};

guard_rules small_rules() {
  guard_rules rules;
  rules.min_samples = 4;
  rules.min_samples_per_address = 2;
  rules.floor = 0.25;
  return rules;
}

storage::verified_share& row_of(std::vector<storage::verified_share>& rows,
                                const std::string& prefix, const std::string& address) {
  for (auto& r : rows)
    if (r.country_prefix == prefix && r.client_address == address)
      return r;
  return rows.emplace_back(storage::verified_share{prefix, address});
}

/// What the store would count.
storage::verified_shares count(const std::vector<delivery>& all) {
  storage::verified_shares shares;
  for (const auto& d : all) {
    auto add = [&](storage::verified_share& to) {
      ++to.delivered;
      to.verified += d.entered ? 1 : 0;
    };
    add(row_of(shares.prefixes, d.prefix, ""));
    add(row_of(shares.addresses, d.prefix, d.address));
  }
  return shares;
}

std::vector<delivery> some(int times, const std::string& prefix,
                           const std::string& address, bool entered) {
  return {static_cast<std::size_t>(times), delivery{prefix, address, entered}};
}

std::vector<delivery> operator+(std::vector<delivery> a, const std::vector<delivery>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The rule told a second time, from the deliveries themselves.
guard_verdict naive_verdict(const std::vector<delivery>& all, const std::string& prefix,
                            const std::string& address) {
  auto rules = small_rules();
  auto low = [&](auto matches, std::int64_t least) {
    auto total = std::ranges::count_if(all, matches);
    auto entered = std::ranges::count_if(
        all, [&](const delivery& d) { return matches(d) && d.entered; });
    return total >= least
           && static_cast<double>(entered) / static_cast<double>(total) < rules.floor;
  };
  auto to_prefix = [&](const delivery& d) {
    return d.prefix == prefix;
  };
  if (prefix == "+86" || !low(to_prefix, rules.min_samples))
    return guard_verdict::pass;
  auto from_address = [&](const delivery& d) {
    return to_prefix(d) && d.address == address;
  };
  return low(from_address, rules.min_samples_per_address) ? guard_verdict::held
                                                          : guard_verdict::verified_only;
}

rc::Gen<delivery> any_delivery() {
  return rc::gen::build<delivery>(
      rc::gen::set(&delivery::prefix,
                   rc::gen::elementOf(std::vector<std::string>{"+86", "+49", "+1"})),
      rc::gen::set(&delivery::address,
                   rc::gen::elementOf(std::vector<std::string>{"a", "b", "c"})),
      rc::gen::set(&delivery::entered,
                   rc::gen::map(rc::gen::inRange(0, 5), [](int n) { return n == 0; })));
}

} // namespace

TEST_CASE("the guard judges as the deliveries themselves say, whatever came before") {
  CHECK(rc::check("guard equals the naive rule", [] {
    pumping_guard guard{small_rules(), "+86"};
    auto now = wall_start;
    for (int round = 0; round < 3; ++round) {
      const auto all = *rc::gen::container<std::vector<delivery>>(any_delivery());
      guard.update(count(all), now += 10s);
      for (const auto* prefix : {"+86", "+49", "+1", "+7"})
        for (const auto* address : {"a", "b", "c", "d"})
          RC_ASSERT(guard.judge(prefix, address) == naive_verdict(all, prefix, address));
    }
  }));
}

TEST_CASE("every change of a prefix is told once, with the time that it holds since") {
  CHECK(rc::check("changes replay to the standings", [] {
    pumping_guard guard{small_rules(), "+86"};
    std::map<std::string, guarded_prefix> told;
    auto now = wall_start;
    for (int round = 0; round < 4; ++round) {
      const auto all = *rc::gen::container<std::vector<delivery>>(any_delivery());
      now += 10s;
      for (const auto& c : guard.update(count(all), now)) {
        RC_ASSERT(c.now.standing != told[c.prefix].standing);
        RC_ASSERT(c.now.since == now);
        told[c.prefix] = c.now;
      }
      for (const auto& [prefix, state] : guard.prefixes()) {
        RC_ASSERT(state.standing == told[prefix].standing);
        if (state.standing != prefix_standing::fine)
          RC_ASSERT(state.since == told[prefix].since);
      }
    }
  }));
}

TEST_CASE("what it knows nothing about passes") {
  pumping_guard guard{small_rules(), "+86"};
  CHECK(guard.judge("+49", "a") == guard_verdict::pass);
  CHECK(guard.retry_after("+49", wall_start) >= 1s);
}

TEST_CASE("a prefix is held from the minimum of samples on, and only below the floor") {
  pumping_guard guard{small_rules(), "+86"};
  guard.update(count(some(3, "+49", "a", false)), wall_start);
  CHECK(guard.judge("+49", "z") == guard_verdict::pass);
  guard.update(count(some(4, "+49", "a", false)), wall_start);
  CHECK(guard.judge("+49", "z") == guard_verdict::verified_only);
  guard.update(count(some(3, "+49", "a", false) + some(1, "+49", "b", true)), wall_start);
  CHECK(guard.judge("+49", "z") == guard_verdict::pass); // Exactly at the floor.
}

TEST_CASE("an address that caused it gets nothing there, elsewhere it passes") {
  pumping_guard guard{small_rules(), "+86"};
  guard.update(count(some(4, "+49", "bad", false) + some(1, "+49", "few", false)
                     + some(4, "+1", "bad", true)),
               wall_start);
  CHECK(guard.judge("+49", "bad") == guard_verdict::held);
  CHECK(guard.judge("+49", "few") == guard_verdict::verified_only);
  CHECK(guard.judge("+1", "bad") == guard_verdict::pass);
  CHECK(guard.held_addresses() == 1);
}

TEST_CASE("the default region's prefix only alarms") {
  pumping_guard guard{small_rules(), "+86"};
  auto changes = guard.update(count(some(9, "+86", "bad", false)), wall_start);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].now.standing == prefix_standing::alarmed);
  CHECK(guard.judge("+86", "bad") == guard_verdict::pass);
}

TEST_CASE("a guard that is off holds and alarms nobody") {
  auto rules = small_rules();
  rules.enabled = false;
  pumping_guard guard{rules, "+86"};
  CHECK(guard.update(count(some(9, "+49", "a", false)), wall_start).empty());
  CHECK(guard.judge("+49", "a") == guard_verdict::pass);
}

TEST_CASE("whoever is held is told to wait until the window has passed, never for less "
          "than a second") {
  pumping_guard guard{small_rules(), "+86"};
  auto bad = count(some(4, "+49", "a", false));
  guard.update(bad, wall_start);
  guard.update(bad, wall_start + 10min);
  CHECK(guard.retry_after("+49", wall_start + 10min) == 50min);
  CHECK(guard.retry_after("+49", wall_start + 2h) == 1s);
  CHECK(guard.retry_after("+49", wall_start - 24h) == 1h); // A clock that was set back.
}

} // namespace tinybook
