#include "actors/sms/agenda.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;

namespace tinybook {

TEST_CASE("the earliest moment of a duty counts, and it is taken once") {
  constexpr tick start{1h};
  agenda a;
  CHECK_FALSE(a.next());
  a.add(duty::claim, start + 5s);
  a.add(duty::claim, start + 2s);
  a.add(duty::claim, start + 9s);
  a.add(duty::heartbeat, start + 3s);
  CHECK(a.next() == start + 2s);
  CHECK_FALSE(a.take(duty::claim, start + 1s));
  CHECK(a.take(duty::claim, start + 2s));
  CHECK_FALSE(a.take(duty::claim, start + 9s));
  CHECK(a.next() == start + 3s);
}

} // namespace tinybook
