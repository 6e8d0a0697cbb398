#include "tests/actors/sms/delivery_fixture.hpp"

namespace tinybook::test {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(delivery_fixture,
                  "while every circuit is open one message at a time goes out") {
  circuit.open_base = 1h;
  circuit.jitter = 0;
  circuit.open_cap = 1h;
  auto& one = add_provider("one");
  one.always(outcome_class::provider_down);
  start_supervisor();
  for (int i = 0; i < 6; ++i)
    REQUIRE(submit("+861380013800" + std::to_string(i)));
  advance(2s);
  const auto before = one.calls.size();
  advance(20s);
  CHECK(one.calls.size() >= before + 5);
  CHECK(one.calls.size() <= before + 21);
  one.always(outcome_class::delivered);
  advance(90s);
  for (message_id id = 1; id <= 6; ++id)
    CHECK(state(id) == storage::message_state::delivered);
}

} // namespace tinybook::test
