#include "actors/sms/claim_gate.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

namespace tinybook {

using namespace std::chrono_literals;
using test::tick_start;

namespace {

claim_gate open_gate(std::uint32_t rate = 0) {
  claim_rules rules;
  rules.batch = 10;
  rules.max_in_flight = 25;
  rules.rate_per_second = rate;
  rules.store_backoff = {100ms, 2.0, 0.0, 5s};
  claim_gate gate{rules};
  gate.open();
  gate.want();
  return gate;
}

} // namespace

TEST_CASE("nothing is claimed before the old leases are free, or when nobody wants") {
  claim_gate closed{claim_rules{10}};
  closed.want();
  CHECK(closed.look(0, tick_start).rows == 0);
  closed.open();
  CHECK(closed.look(0, tick_start).rows == 10);
  auto gate = open_gate();
  gate.claim_begins();
  gate.claim_ends();
  CHECK(gate.look(0, tick_start).rows == 0); // Whatever was wanted was claimed.
  gate.want();
  CHECK(gate.look(0, tick_start).rows == 10);
}

TEST_CASE("one claim at a time, of a batch, and no more than memory holds") {
  auto gate = open_gate();
  CHECK(gate.look(20, tick_start).rows == 5);
  CHECK(gate.look(25, tick_start).rows == 0);
  CHECK_FALSE(gate.look(25, tick_start).again_at);
  gate.claim_begins();
  gate.want();
  CHECK(gate.look(0, tick_start).rows == 0);
  gate.claim_ends();
  CHECK(gate.look(0, tick_start).rows == 10);
}

TEST_CASE("a store that fails is left alone, longer each time, until it answers") {
  auto gate = open_gate();
  seeded_random random{3};
  gate.store_failed(tick_start, random);
  CHECK(gate.look(0, tick_start).again_at == tick_start + 100ms);
  CHECK(gate.store_fails(tick_start));
  CHECK(gate.look(0, tick_start + 100ms).rows == 10);
  gate.store_failed(tick_start + 100ms, random);
  CHECK(gate.look(0, tick_start + 100ms).again_at == tick_start + 300ms);
  CHECK(gate.store_answered());
  CHECK_FALSE(gate.store_answered());
  gate.store_failed(tick_start + 1s, random);
  CHECK(gate.look(0, tick_start + 1s).again_at == tick_start + 1100ms);
}

TEST_CASE("the rate of all providers together counts what is sent and what is to be") {
  auto gate = open_gate(8);
  CHECK(gate.look(0, tick_start).rows == 8);
  CHECK(gate.look(5, tick_start).rows == 3);
  for (int i = 0; i < 8; ++i)
    gate.sent(tick_start);
  const auto refused = gate.look(0, tick_start + 300ms);
  CHECK(refused.rows == 0);
  CHECK(refused.again_at == tick_start + 1s);
  CHECK(gate.look(0, tick_start + 1s).rows == 8);
}

} // namespace tinybook
