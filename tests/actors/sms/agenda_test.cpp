#include "actors/sms/agenda.hpp"
#include "tests/support/instants.hpp"

#include <doctest/doctest.h>

namespace tinybook {

using namespace std::chrono_literals;
using test::tick_start;

TEST_CASE("the earliest moment of a duty counts, and it is taken once") {
  agenda a;
  CHECK_FALSE(a.next());
  a.add(duty::claim, tick_start + 5s);
  a.add(duty::claim, tick_start + 2s);
  a.add(duty::claim, tick_start + 9s);
  a.add(duty::heartbeat, tick_start + 3s);
  CHECK(a.next() == tick_start + 2s);
  CHECK_FALSE(a.take(duty::claim, tick_start + 1s));
  CHECK(a.take(duty::claim, tick_start + 2s));
  CHECK_FALSE(a.take(duty::claim, tick_start + 9s));
  CHECK(a.next() == tick_start + 3s);
}

} // namespace tinybook
