#include "actors/sms/circuit.hpp"
#include "actors/sms/probe_lease.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <rapidcheck.h>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

circuit_rules shared_rules() {
  auto rules = test::default_circuit();
  rules.shared = true;
  rules.jitter = 0;
  return rules;
}

/// What replicas share: the row of one provider and the lease for its probes.
struct shared_row {
  circuit_snapshot stored{circuit_state::closed, 0, {}, forced_state::none, {}};
  int holder = -1;
  tick held_until{};

  bool save(const circuit_snapshot& w) {
    if (w.generation < stored.generation)
      return false;
    stored = w;
    return true;
  }
  bool claim(int who, tick now, std::chrono::milliseconds lease) {
    if (holder != who && holder >= 0 && held_until > now)
      return false;
    holder = who;
    held_until = now + lease;
    return true;
  }
};

} // namespace

TEST_CASE("a circuit that another replica has opened is open here, for as long") {
  seeded_random random{1};
  circuit here{shared_rules()};
  circuit there{shared_rules()};
  there.trip(there.generation(), "bad", tick_start, random);
  CHECK(here.adopt(there.snapshot(), tick_start + 1s));
  CHECK(here.is_open());
  CHECK(here.generation() == there.generation());
  CHECK(here.open_until() == there.open_until());
  CHECK_FALSE(here.adopt(there.snapshot(), tick_start + 2s));
}

TEST_CASE("an older state is not adopted, a different one of the same generation is") {
  seeded_random random{1};
  circuit here{shared_rules()};
  auto before = here.snapshot();
  here.trip(here.generation(), "bad", tick_start, random);
  CHECK_FALSE(here.adopt(before, tick_start));
  CHECK(here.is_open());
  before.generation = here.generation();
  CHECK(here.adopt(before, tick_start));
  CHECK(here.state() == circuit_state::closed);
}

TEST_CASE("without the probe lease an open circuit stays open when its time is over") {
  seeded_random random{1};
  circuit c{shared_rules()};
  c.trip(c.generation(), "bad", tick_start, random);
  const auto later = tick_start + 20s;
  c.advance(later, random);
  CHECK(c.state() == circuit_state::open);
  CHECK_FALSE(c.begin(later));
  CHECK_FALSE(c.begin(later, true));
  REQUIRE(c.needs_probe_lease_from());
  CHECK(*c.needs_probe_lease_from() <= later);
  c.set_prober(true);
  c.advance(later, random);
  CHECK(c.state() == circuit_state::half_open);
  CHECK(c.begin(later));
}

TEST_CASE("a circuit that is half open elsewhere refuses as if it were open") {
  seeded_random random{1};
  circuit c{shared_rules()};
  CHECK(c.adopt({circuit_state::half_open, 9, {}, forced_state::none, {}}, tick_start));
  CHECK(c.is_open());
  CHECK(c.room() == 0);
  CHECK_FALSE(c.begin(tick_start));
  CHECK_FALSE(c.begin(tick_start, true));
  c.set_prober(true);
  CHECK_FALSE(c.is_open());
  REQUIRE(c.begin(tick_start));
  CHECK(c.adopt({circuit_state::ramp, 10, {}, forced_state::none, {}}, tick_start));
  CHECK(c.begin(tick_start));
}

TEST_CASE("a replica that loses the probe lease drops the results of its probes") {
  seeded_random random{1};
  circuit c{shared_rules()};
  c.adopt({circuit_state::half_open, 9, {}, forced_state::none, {}}, tick_start);
  c.set_prober(true);
  const auto probe = c.begin(tick_start);
  REQUIRE(probe);
  c.set_prober(false);
  CHECK(c.probing() == 0);
  for (int i = 0; i < 20; ++i)
    c.finish(*probe, outcome_class::provider_down, tick_start, random);
  CHECK(c.state() == circuit_state::half_open);
}

TEST_CASE("an operator's force wins over transitions at the same time") {
  seeded_random random{1};
  circuit here{shared_rules()};
  circuit there{shared_rules()};
  here.force(forced_state::open, std::nullopt, tick_start);
  for (int i = 0; i < 50; ++i) {
    there.trip(there.generation(), "bad", tick_start, random);
    there.adopt({circuit_state::closed, there.generation() + 1, {}, {}, {}}, tick_start);
  }
  CHECK_FALSE(here.adopt(there.snapshot(), tick_start));
  CHECK(there.adopt(here.snapshot(), tick_start));
  CHECK(there.forced() == forced_state::open);
  // Forcing the same state again is new, too: its end may differ.
  const auto before = here.generation();
  here.force(forced_state::open, tick_start + 10s, tick_start);
  CHECK(here.generation() > before);
  CHECK(there.adopt(here.snapshot(), tick_start));
  there.advance(tick_start + 10s, random);
  CHECK(there.forced() == forced_state::none);
}

TEST_CASE("a circuit that is not shared needs no probe lease") {
  seeded_random random{1};
  circuit c{test::default_circuit()};
  c.set_prober(false);
  c.trip(c.generation(), "bad", tick_start, random);
  c.advance(tick_start + 20s, random);
  CHECK(c.state() == circuit_state::half_open);
  CHECK(c.begin(tick_start + 20s));
}

TEST_CASE("the probe lease counts from the moment its claim was sent") {
  probe_lease lease{{15s, 1s}, tick_start};
  REQUIRE(lease.due(tick_start));
  lease.claim_sent(tick_start);
  CHECK_FALSE(lease.due(tick_start + 10s));
  lease.granted(tick_start + 3s);
  CHECK(lease.held(tick_start + 13s));
  CHECK_FALSE(lease.held(tick_start + 14s)); // Before it ends in the store.
  CHECK(lease.next_claim() == tick_start + 5s);
}

TEST_CASE(
    "a refused replica claims again, and one that releases its lease has a new name") {
  probe_lease lease{{15s, 1s}, tick_start};
  lease.claim_sent(tick_start);
  lease.refused(tick_start);
  CHECK_FALSE(lease.held(tick_start));
  CHECK_FALSE(lease.due(tick_start + 999ms));
  CHECK(lease.due(tick_start + 1s));
  lease.claim_sent(tick_start + 1s);
  CHECK_FALSE(lease.release(tick_start + 1s)); // An answer is awaited.
  lease.granted(tick_start + 1s);
  const auto before = lease.serial();
  CHECK(lease.release(tick_start + 1s));
  CHECK(lease.serial() != before);
  CHECK_FALSE(lease.held(tick_start + 1s));
}

TEST_CASE(
    "a replica probes without the lease while the store is silent, until it answers") {
  probe_lease lease{{15s, 1s}, tick_start};
  auto now = tick_start;
  for (; now < tick_start + 15s; now += 1s) {
    lease.claim_sent(now);
    lease.claim_failed(now);
    CHECK_FALSE(lease.held(now));
  }
  lease.claim_sent(now);
  lease.claim_failed(now);
  CHECK(lease.held(now));
  CHECK(lease.without_store());
  lease.store_answered(now + 1s);
  CHECK_FALSE(lease.held(now + 1s));
  CHECK(lease.due(now + 1s));
}

TEST_CASE("replicas agree on a circuit, one probes at a time, and none stays behind") {
  CHECK(rc::check("random schedules of three replicas", [] {
    struct replica {
      circuit c{shared_rules()};
      probe_lease lease{{15s, 1s}, tick_start};
      std::vector<std::uint64_t> calls;
    };
    std::array<replica, 3> all;
    shared_row row;
    seeded_random random{*rc::gen::arbitrary<std::uint32_t>()};
    tick now = tick_start;
    const auto look = [&](std::size_t i) {
      auto& r = all[i];
      r.lease.store_answered(now);
      r.c.adopt(row.stored, now);
      const auto from = r.c.needs_probe_lease_from();
      if (from && *from <= now) {
        if (r.lease.due(now)) {
          r.lease.claim_sent(now);
          row.claim(static_cast<int>(i), now, 15s) ? r.lease.granted(now)
                                                   : r.lease.refused(now);
        }
      } else if (r.lease.release(now) && row.holder == static_cast<int>(i)) {
        row.holder = -1;
      }
      r.c.set_prober(r.lease.held(now));
      const auto before = r.c.generation();
      r.c.advance(now, random);
      if (r.c.generation() != before)
        row.save(r.c.snapshot());
    };
    const auto act = [&](replica& r, int what) {
      const auto before = r.c.generation();
      r.c.set_prober(r.lease.held(now));
      r.c.advance(now, random);
      if (what == 0)
        r.c.trip(r.c.generation(), "bad", now, random);
      else if (what == 1)
        r.c.force(static_cast<forced_state>(*rc::gen::element(0, 1)), std::nullopt, now);
      else if (auto began = r.c.begin(now))
        r.calls.push_back(*began);
      if (what >= 4 && !r.calls.empty()) {
        r.c.finish(r.calls.back(),
                   what == 4 ? outcome_class::provider_down : outcome_class::delivered,
                   now, random);
        r.calls.pop_back();
      }
      if (r.c.generation() != before)
        row.save(r.c.snapshot());
    };
    const auto steps = *rc::gen::inRange(0, 120);
    for (int s = 0; s < steps; ++s) {
      now += std::chrono::milliseconds{*rc::gen::element(0, 1, 300, 1000, 6000)};
      const auto i = *rc::gen::inRange<std::size_t>(0, 3);
      if (*rc::gen::arbitrary<bool>())
        look(i);
      act(all[i], *rc::gen::inRange(0, 9));
      const auto probers =
          std::ranges::count_if(all, [&](const replica& r) { return r.lease.held(now); });
      RC_ASSERT(probers <= 1);
    }
    // From here on nothing trips it, all read the row each second, and all send.
    all[0].c.adopt(row.stored, now);
    all[0].c.force(forced_state::none, std::nullopt, now);
    row.save(all[0].c.snapshot());
    for (int s = 0; s < 400; ++s) {
      now += 1s;
      for (std::size_t i = 0; i < all.size(); ++i) {
        look(i);
        act(all[i], 5);
      }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      look(i);
      RC_ASSERT(all[i].c.state() == circuit_state::closed);
      RC_ASSERT(all[i].c.generation() == all[0].c.generation());
    }
  }));
}

} // namespace tinybook::test
