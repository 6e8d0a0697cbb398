#include "actors/sms/claim_plan.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>

namespace tinybook {

using namespace std::chrono_literals;
using test::tick_start;

namespace {

constexpr auto plan_recheck = 1s;

claim_rules planned_rules(std::uint32_t rate = 0) {
  claim_rules rules;
  rules.batch = 10;
  rules.max_in_flight = 25;
  rules.rate_per_second = rate;
  rules.store_backoff = {100ms, 2.0, 0.0, 5s};
  return rules;
}

/// A plan, open and wanted, with one provider that has places for all.
struct planned {
  explicit planned(std::uint32_t rate = 0) : plan(planned_rules(rate), plan_recheck) {
    plan.open();
    plan.want();
    roster.told(0, {"a", 1, 0, 1'000}, tick_start);
  }

  /// How many rows it would claim; a claim that begins ends at once, and is wanted again.
  std::int64_t rows(std::size_t in_flight, tick now) {
    const auto step = next(in_flight, now);
    if (step.claims()) {
      plan.claim_ends();
      plan.want();
    }
    return step.rows;
  }
  claim_plan::step next(std::size_t in_flight, tick now) {
    auto step = plan.next(in_flight, last_resort, roster, now, random);
    roster.places(0).let_go(step.rows);
    return step;
  }

  claim_plan plan;
  provider_roster roster{{{"a", 100, {}}}, {}, 1h};
  last_resort_turn last_resort{false, {}, tick_start};
  seeded_random random{3};
};

} // namespace

TEST_CASE("nothing is claimed before the old leases are free, or when nobody wants") {
  planned p;
  p.plan = claim_plan{planned_rules(), plan_recheck};
  p.plan.want();
  CHECK_FALSE(p.next(0, tick_start).claims());
  p.plan.open();
  CHECK(p.next(0, tick_start).rows == 10);
  p.plan.claim_ends();
  CHECK_FALSE(p.next(0, tick_start).claims()); // Whatever was wanted was claimed.
  p.plan.want();
  CHECK(p.next(0, tick_start).rows == 10);
}

TEST_CASE("one claim at a time, of a batch, and no more than memory holds") {
  planned p;
  CHECK(p.rows(20, tick_start) == 5);
  CHECK(p.rows(25, tick_start) == 0);
  CHECK_FALSE(p.next(25, tick_start).again_at);
  CHECK(p.next(0, tick_start).rows == 10);
  CHECK(p.plan.claiming());
  p.plan.want();
  CHECK_FALSE(p.next(0, tick_start).claims());
  p.plan.claim_ends();
  CHECK(p.next(0, tick_start).rows == 10);
}

TEST_CASE("a store that fails is left alone, longer each time, until it answers") {
  planned p;
  const auto fails = [&](tick at) {
    p.plan.store_failed(at, p.random);
    return p.next(0, at).again_at;
  };
  CHECK(fails(tick_start) == tick_start + 100ms);
  CHECK(p.plan.store_fails(tick_start));
  CHECK(p.rows(0, tick_start + 100ms) == 10);
  CHECK(fails(tick_start + 100ms) == tick_start + 300ms);
  CHECK(p.plan.store_answered());
  CHECK_FALSE(p.plan.store_answered());
  CHECK(fails(tick_start + 1s) == tick_start + 1100ms);
}

TEST_CASE("the rate of all providers together counts what is sent and what is to be") {
  planned p{8};
  CHECK(p.rows(0, tick_start) == 8);
  CHECK(p.rows(5, tick_start) == 3);
  for (int i = 0; i < 8; ++i)
    p.plan.sent(tick_start);
  const auto refused = p.next(0, tick_start + 300ms);
  CHECK_FALSE(refused.claims());
  CHECK(refused.again_at == tick_start + 1s);
  CHECK(p.rows(0, tick_start + 1s) == 8);
}

namespace {

/// A provider as the plan may use it: places told, less those held; and its refusal.
struct naive_places {
  std::int64_t told = 0;
  std::int64_t held = 0;
  tick refused_until{};
  bool open_circuit = false;

  [[nodiscard]] bool admits(tick now) const {
    return told - held > 0 && refused_until <= now;
  }
};

} // namespace

TEST_CASE("each claim has places that were free, and no wish is forgotten") {
  CHECK(rc::check("claim plan against places counted by hand", [] {
    const auto count = *rc::gen::inRange<std::size_t>(0, 4);
    std::vector<naive_places> naive(count);
    std::vector<roster_entry> entries;
    for (std::size_t i = 0; i < count; ++i)
      entries.push_back({std::to_string(i), *rc::gen::inRange(0U, 3U), {}});
    provider_roster roster{entries, {}, 1h};
    last_resort_turn last_resort{false, {}, tick_start};
    claim_plan plan{planned_rules(), plan_recheck};
    seeded_random random{*rc::gen::inRange<std::uint64_t>(0, 1'000)};
    plan.open();
    bool wanted = false;
    bool claiming = false;
    auto now = tick_start;
    for (int i = 0; i < 100; ++i) {
      now += *rc::gen::inRange(0, 300) * 1ms;
      const auto op = *rc::gen::inRange(0, 5);
      if (op == 0 && count > 0) { // A sender tells its places.
        const auto p = *rc::gen::inRange<std::size_t>(0, count);
        auto& one = naive[p];
        one.told = *rc::gen::inRange<std::int64_t>(0, 12);
        one.open_circuit = one.told == 0 && *rc::gen::arbitrary<bool>();
        one.refused_until = one.told > 0 ? tick{} : now + 200ms;
        roster.told(
            p,
            {"", 1, 0, one.told, 200ms, one.open_circuit ? refusal::open : refusal::busy},
            now);
      } else if (op == 1) {
        plan.want();
        wanted = true;
      } else if (op == 2) {
        plan.claim_ends();
        claiming = false;
      } else if (op == 3 && count > 0) { // What was held is given back.
        const auto p = *rc::gen::inRange<std::size_t>(0, count);
        roster.places(p).let_go(std::exchange(naive[p].held, 0));
      } else if (op == 4) {
        last_resort.under_way() ? last_resort.ends() : last_resort.begins(0);
      }
      const auto in_flight = *rc::gen::inRange<std::size_t>(0, 28);
      const auto step = plan.next(in_flight, last_resort, roster, now, random);
      if (!wanted || claiming || in_flight >= 25) {
        RC_ASSERT(!step.claims());
        RC_ASSERT(!step.again_at);
        continue;
      }
      for (const auto p : step.passed_over)
        RC_ASSERT(!naive[p].admits(now));
      if (step.rows > 0) {
        auto& one = naive[step.provider];
        const auto room = static_cast<std::int64_t>(25 - in_flight);
        RC_ASSERT(one.admits(now));
        RC_ASSERT(step.rows == std::min({std::int64_t{10}, room, one.told - one.held}));
        one.held += step.rows;
      } else {
        RC_ASSERT(step.passed_over.size() == count);
        const bool all_open =
            std::ranges::all_of(naive, [](const auto& one) { return one.open_circuit; });
        RC_ASSERT(step.last_resort == (all_open && !last_resort.under_way()));
        if (!step.last_resort)
          RC_ASSERT(step.again_at && *step.again_at > now
                    && *step.again_at <= now + plan_recheck);
      }
      if (step.claims()) {
        wanted = false;
        claiming = true;
      }
      for (std::size_t p = 0; p < count; ++p)
        RC_ASSERT(roster.free(p) == naive[p].told - naive[p].held);
    }
  }));
}

} // namespace tinybook
