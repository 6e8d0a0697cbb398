#include "actors/sms/retry_budget.hpp"
#include "tests/actors/sms/delivery_fixture.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

TEST_CASE("repeats are limited to a share of the first tries plus some each second") {
  retry_budget budget{{0.5, 1, 4s}};
  tick now{100s};
  for (int i = 0; i < 6; ++i)
    budget.first_try(now);
  int repeats = 0;
  for (; budget.may_repeat(now); ++repeats)
    budget.repeated(now);
  CHECK(repeats == 3 + 4);
  now += 5s; // All of that has left the window.
  CHECK(budget.left(now) == doctest::Approx(4));
}

TEST_CASE_FIXTURE(delivery_fixture,
                  "no provider gets a message again beyond its retry budget") {
  options.budget = {0, 0, 10s};
  auto& one = add_provider("one", default_admission(), 100);
  one.always(outcome_class::provider_down);
  auto& two = add_provider("two");
  two.always(outcome_class::provider_down);
  start_supervisor();
  REQUIRE(submit());
  advance(60s);
  CHECK(one.calls.size() == 1);
  CHECK(two.calls.size() == 1); // Failing over to another provider is always allowed.
  CHECK(state() == storage::message_state::ready);
}

} // namespace tinybook::test
