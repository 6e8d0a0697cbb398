#include "actors/sms/last_resort_turn.hpp"
#include "actors/sms/outbox_view.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

namespace tinybook {

using namespace std::chrono_literals;
using test::tick_start;

TEST_CASE("the backlog is what was counted, and what came and went since") {
  outbox_view view{3};
  view.added(2);
  CHECK_FALSE(view.full());
  view.added(1);
  CHECK(view.full());
  view.added(-1);
  CHECK_FALSE(view.full());
  storage::outbox_depth depth;
  depth.ready = 2;
  depth.leased = 1;
  view.counted(depth);
  CHECK(view.full());
  CHECK(view.backlog() == 3);
  CHECK_FALSE(outbox_view{0}.full());
}

TEST_CASE("a row that was made to wait during a count is not forgotten by it") {
  outbox_view view{0};
  CHECK(view.may_wait()); // An earlier life may have left some.
  view.none_waits(view.mark());
  CHECK_FALSE(view.may_wait());
  const auto mark = view.mark();
  view.made_to_wait();
  view.none_waits(mark);
  CHECK(view.may_wait());
}

TEST_CASE("alone a last resort is always ours, among replicas only with the lease") {
  last_resort_turn alone{false, {}, tick_start};
  CHECK(alone.ours(tick_start));
  CHECK_FALSE(alone.claim_is_due(tick_start));
  probe_lease_rules rules;
  rules.lease = 15s;
  last_resort_turn shared{true, rules, tick_start};
  CHECK_FALSE(shared.ours(tick_start));
  REQUIRE(shared.claim_is_due(tick_start));
  shared.lease().claim_sent(tick_start);
  CHECK_FALSE(shared.claim_is_due(tick_start));
  shared.lease().granted(tick_start);
  CHECK(shared.ours(tick_start));
  CHECK_FALSE(shared.ours(tick_start + 15s)); // It runs out by itself.
}

TEST_CASE("one last resort at a time, at one provider") {
  last_resort_turn turn{false, {}, tick_start};
  turn.begins(2);
  CHECK(turn.under_way());
  CHECK(turn.is_at(2));
  CHECK_FALSE(turn.is_at(1));
  turn.ends();
  CHECK_FALSE(turn.under_way());
}

} // namespace tinybook
