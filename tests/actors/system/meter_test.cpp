#include "actors/system/meter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <rapidcheck.h>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

TEST_CASE("a quantile is never below the true one and at most a quarter above") {
  CHECK(rc::check("against the sorted list", [](const std::vector<std::uint32_t>& raw) {
    RC_PRE(!raw.empty());
    latency_histogram h;
    std::vector<std::uint64_t> sorted;
    for (auto x : raw) {
      auto ns = std::uint64_t{x} * 7;
      h.record(std::chrono::nanoseconds{static_cast<std::int64_t>(ns)});
      sorted.push_back(ns);
    }
    std::sort(sorted.begin(), sorted.end());
    for (double q : {0.5, 0.95, 0.99, 1.0}) {
      auto rank = static_cast<std::size_t>(
          std::max(1.0, std::ceil(q * static_cast<double>(sorted.size()))));
      auto truth = sorted[rank - 1];
      auto told = static_cast<std::uint64_t>(h.quantile(q).count());
      RC_ASSERT(told >= truth);
      RC_ASSERT(told <= truth + truth / 4 + 1);
    }
  }));
}

TEST_CASE("an empty histogram has quantiles of zero") {
  CHECK(latency_histogram{}.quantile(0.99) == 0ns);
}

TEST_CASE("the mailbox is what arrived and was not handled") {
  actor_meter m{"a", "kind", "root"};
  m.started();
  m.message_arrived();
  m.message_arrived();
  CHECK(m.mailbox() == 2);
  m.message_begins();
  CHECK(m.mailbox() == 2);
  m.message_ends();
  CHECK(m.mailbox() == 1);
  CHECK(m.handled() == 1);
}

TEST_CASE("a new incarnation starts with an empty mailbox and keeps the history") {
  actor_meter m{"a", "kind", "root"};
  m.message_arrived();
  m.message_begins();
  m.message_ends();
  m.message_arrived();
  m.health.note_error("boom", {});
  m.started();
  CHECK(m.mailbox() == 0);
  CHECK(m.handled() == 1);
  CHECK(m.health.last_error().text == "boom");
  CHECK(m.health.last_error().ended);
  CHECK(m.phase == actor_phase::running);
}

} // namespace tinybook
