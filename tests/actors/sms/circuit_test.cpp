#include "actors/sms/circuit.hpp"
#include "tests/support/default_configs.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <rapidcheck.h>

namespace tinybook::test {

using namespace std::chrono_literals;

namespace {

struct driven {
  circuit_rules rules;
  seeded_random random{9};
  circuit c{rules};
  tick now = tick_start;

  explicit driven(circuit_rules r = test::default_circuit()) : rules(r), c(r) {}

  void pass(std::chrono::milliseconds d) {
    const auto end = now + d;
    while (auto next = c.next_change()) {
      if (*next > end)
        break;
      now = std::max(now, *next);
      c.advance(now, random);
    }
    now = end;
    c.advance(now, random);
  }
  bool call(outcome_class kind, bool last_resort = false) {
    const auto generation = c.begin(now, last_resort);
    if (!generation)
      return false;
    c.finish(*generation, kind, now, random);
    return true;
  }
  void trip() { c.trip(c.generation(), "test", now, random); }
  void to_half_open() {
    trip();
    pass(std::chrono::ceil<std::chrono::milliseconds>(c.open_until() - now));
    REQUIRE(c.state() == circuit_state::half_open);
  }
};

circuit_rules without_jitter() {
  auto rules = test::default_circuit();
  rules.jitter = 0;
  return rules;
}

} // namespace

TEST_CASE("a trip opens the circuit, and nothing begins until its time is over") {
  driven d{without_jitter()};
  d.trip();
  CHECK(d.c.state() == circuit_state::open);
  CHECK(d.c.room() == 0);
  CHECK_FALSE(d.c.begin(d.now));
  d.pass(4999ms);
  CHECK(d.c.state() == circuit_state::open);
  d.pass(1ms);
  CHECK(d.c.state() == circuit_state::half_open);
}

TEST_CASE("a trip of an older generation changes nothing") {
  driven d;
  const auto old = d.c.generation();
  d.to_half_open();
  while (d.call(outcome_class::delivered) && d.c.state() == circuit_state::half_open) {
  }
  REQUIRE(d.c.state() == circuit_state::ramp);
  d.c.trip(old, "late", d.now, d.random);
  CHECK(d.c.state() == circuit_state::ramp);
}

TEST_CASE("the outcome of a call from before the circuit changed ends no probe") {
  driven d;
  const auto old = d.c.begin(d.now);
  REQUIRE(old);
  d.to_half_open();
  REQUIRE(d.c.begin(d.now));
  d.c.finish(*old, outcome_class::provider_down, d.now, d.random);
  CHECK(d.c.probing() == 1);
  CHECK(d.c.state() == circuit_state::half_open);
}

TEST_CASE("half open lets few probes through at a time, and ten in all") {
  driven d;
  d.to_half_open();
  std::vector<std::uint64_t> permits;
  while (auto generation = d.c.begin(d.now))
    permits.push_back(*generation);
  CHECK(permits.size() == 3);
  CHECK(d.c.room() == 0);
  d.c.finish(permits[0], outcome_class::delivered, d.now, d.random);
  CHECK(d.c.room() == 1);
  REQUIRE(d.c.begin(d.now));
  CHECK(d.c.room() == 0);
}

TEST_CASE("failures that already decide open it at once, for twice as long") {
  driven d{without_jitter()};
  d.to_half_open();
  CHECK(d.call(outcome_class::provider_down));
  CHECK(d.call(outcome_class::delivered));
  CHECK(d.call(outcome_class::ambiguous));
  CHECK(d.c.state() == circuit_state::half_open);
  CHECK(d.call(outcome_class::provider_down));
  CHECK(d.c.state() == circuit_state::open);
  CHECK(d.c.open_until() - d.now == 10s);
}

TEST_CASE("the open time doubles up to its cap and starts anew once it was closed") {
  auto rules = without_jitter();
  rules.open_cap = 300s;
  driven d{rules};
  d.trip();
  std::chrono::nanoseconds longest{0};
  for (int i = 0; i < 12; ++i) {
    d.pass(std::chrono::ceil<std::chrono::milliseconds>(d.c.open_until() - d.now));
    for (int n = 0; n < 3; ++n)
      d.call(outcome_class::provider_down);
    REQUIRE(d.c.state() == circuit_state::open);
    longest = std::max<std::chrono::nanoseconds>(longest, d.c.open_until() - d.now);
  }
  CHECK(longest == 300s);
  d.pass(300s);
  while (d.call(outcome_class::delivered) && d.c.state() == circuit_state::half_open) {
  }
  d.pass(60s);
  REQUIRE(d.c.state() == circuit_state::closed);
  d.trip();
  CHECK(d.c.open_until() - d.now == 5s);
}

TEST_CASE("throttled and rejected probes give their permit back") {
  driven d;
  d.to_half_open();
  for (int i = 0; i < 50; ++i) {
    CHECK(d.call(outcome_class::throttled));
    CHECK(d.call(outcome_class::rejected));
  }
  CHECK(d.c.state() == circuit_state::half_open);
}

TEST_CASE("a probe that never ends is lost at its deadline and counts as failed") {
  driven d;
  d.to_half_open();
  while (d.c.begin(d.now)) {
  }
  d.pass(10s);
  CHECK(d.c.state() == circuit_state::open);
}

TEST_CASE("without a verdict by its deadline what has come in decides") {
  driven d{without_jitter()};
  d.to_half_open();
  SUBCASE("few calls that all arrived are enough") {
    d.call(outcome_class::delivered);
    d.pass(60s);
    CHECK(d.c.state() == circuit_state::ramp);
  }
  SUBCASE("if all probes are neutral it opens again, not longer than before") {
    d.call(outcome_class::throttled);
    d.pass(60s);
    CHECK(d.c.state() == circuit_state::open);
    CHECK(d.c.open_until() - d.c.since() == 5s);
  }
  SUBCASE("without any probe there is no deadline") {
    d.pass(10h);
    CHECK(d.c.state() == circuit_state::half_open);
    CHECK(d.c.room() > 0);
  }
}

TEST_CASE("the ramp goes from a tenth to all over its time") {
  driven d;
  d.to_half_open();
  while (d.call(outcome_class::delivered) && d.c.state() == circuit_state::half_open) {
  }
  CHECK(d.c.share(d.now) == doctest::Approx(0.1));
  d.pass(30s);
  CHECK(d.c.share(d.now) == doctest::Approx(0.55));
  d.pass(30s);
  CHECK(d.c.state() == circuit_state::closed);
  CHECK(d.c.share(d.now) == 1.0);
}

TEST_CASE("an open circuit lets one last resort through at a time") {
  driven d;
  d.trip();
  CHECK_FALSE(d.c.last_resort(d.now));
  d.pass(1s);
  REQUIRE(d.c.last_resort(d.now));
  const auto generation = d.c.begin(d.now, true);
  REQUIRE(generation);
  CHECK_FALSE(d.c.begin(d.now, true));
  SUBCASE("that fails: it stays open") {
    d.c.finish(*generation, outcome_class::provider_down, d.now, d.random);
    CHECK(d.c.state() == circuit_state::open);
    CHECK_FALSE(d.c.last_resort(d.now));
  }
  SUBCASE("that arrives: it is half open at once") {
    d.c.finish(*generation, outcome_class::delivered, d.now, d.random);
    CHECK(d.c.state() == circuit_state::half_open);
  }
}

TEST_CASE("a forced state overrules the circuit until it ends") {
  driven d;
  SUBCASE("open admits nothing, not even a last resort") {
    d.c.force(forced_state::open, d.now + 60s, d.now);
    d.pass(30s);
    CHECK_FALSE(d.c.begin(d.now));
    CHECK_FALSE(d.c.begin(d.now, true));
    d.pass(30s);
    CHECK(d.c.forced() == forced_state::none);
    CHECK(d.c.state() == circuit_state::half_open);
  }
  SUBCASE("closed admits everything and does not trip") {
    d.trip();
    d.c.force(forced_state::closed, std::nullopt, d.now);
    d.trip();
    CHECK(d.c.state() == circuit_state::closed);
    CHECK(d.c.room() == std::numeric_limits<std::int64_t>::max());
    d.c.force(forced_state::none, std::nullopt, d.now);
    CHECK(d.c.state() == circuit_state::closed);
  }
  SUBCASE("metrics only changes its state, but refuses nothing") {
    d.c.force(forced_state::metrics_only, std::nullopt, d.now);
    d.trip();
    CHECK(d.c.state() == circuit_state::open);
    CHECK(d.c.begin(d.now));
    d.c.force(forced_state::none, std::nullopt, d.now);
    CHECK_FALSE(d.c.begin(d.now));
  }
}

TEST_CASE("a stored state goes on: open for the rest of its time, half open or ramp as "
          "half open") {
  driven d;
  d.c.restore(circuit_state::open, 41, d.now + 7s, d.now);
  CHECK(d.c.state() == circuit_state::open);
  CHECK(d.c.generation() > 41);
  d.pass(7s);
  CHECK(d.c.state() == circuit_state::half_open);
  driven e;
  e.c.restore(circuit_state::ramp, 3, {}, e.now);
  CHECK(e.c.state() == circuit_state::half_open);
}

TEST_CASE("no schedule makes a circuit hang, and its permits are never exceeded") {
  CHECK(rc::check("random schedules", [] {
    auto rules = test::default_circuit();
    rules.probes = *rc::gen::inRange(1, 12);
    rules.probes_at_once = *rc::gen::inRange<std::int64_t>(1, rules.probes + 1);
    rules.ramp = *rc::gen::element(0ms, 1000ms, 60'000ms);
    driven d{rules};
    std::vector<std::uint64_t> under_way;
    auto generation = d.c.generation();
    const auto steps = *rc::gen::inRange(0, 150);
    for (int i = 0; i < steps; ++i) {
      switch (*rc::gen::inRange(0, 8)) {
      case 0:
        d.trip();
        break;
      case 1:
      case 2:
        if (auto began = d.c.begin(d.now, *rc::gen::arbitrary<bool>()))
          under_way.push_back(*began);
        break;
      case 3:
      case 4:
        if (!under_way.empty()) {
          d.c.finish(under_way.back(),
                     static_cast<outcome_class>(*rc::gen::inRange(0, 5)), d.now,
                     d.random);
          under_way.pop_back();
        }
        break;
      case 5:
        d.c.force(static_cast<forced_state>(*rc::gen::inRange(0, 4)),
                  *rc::gen::arbitrary<bool>() ? std::optional{d.now + 20s} : std::nullopt,
                  d.now);
        break;
      case 6:
        d.c.set_threshold(*rc::gen::element(0.3, 0.45, 0.6));
        break;
      default:
        d.pass(std::chrono::milliseconds{*rc::gen::element(0, 1, 900, 5'000, 70'000)});
      }
      RC_ASSERT(d.c.generation() >= generation);
      generation = d.c.generation();
      RC_ASSERT(d.c.probing() <= rules.probes_at_once);
      RC_ASSERT(d.c.share(d.now) > 0 && d.c.share(d.now) <= 1);
    }
    // From here on the provider is healthy, and there are always messages to send.
    d.c.force(forced_state::none, std::nullopt, d.now);
    for (int i = 0; i < 2000 && d.c.state() != circuit_state::closed; ++i) {
      d.pass(1s);
      d.call(outcome_class::delivered);
    }
    RC_ASSERT(d.c.state() == circuit_state::closed);
  }));
}

} // namespace tinybook::test
