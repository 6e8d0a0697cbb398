#include "actors/system/presence.hpp"
#include "tests/support/caught_lines.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace tinybook {

using test::caught_lines;

TEST_CASE(
    "loss and return of a back end are logged once each, and it is named meanwhile") {
  caught_lines log;
  auto meter = std::make_shared<actor_meter>("bus", "test", "");
  presence kafka{meter, "kafka"};
  CHECK(meter->health.has("kafka")); // Not found yet.
  kafka.found();
  CHECK(log.lines.empty());
  CHECK(meter->health.summary().level == health_level::ok);
  kafka.lost("gone");
  kafka.lost("still gone");
  CHECK(meter->health.has("kafka"));
  CHECK(meter->health.summary().reason == "still gone");
  CHECK_FALSE(meter->health.last_error().ended);
  kafka.found();
  kafka.found();
  CHECK(meter->health.last_error().ended);
  CHECK(log.lines
        == std::vector<std::string>{"back_end_lost back_end=kafka actor=bus why=gone",
                                    "back_end_found back_end=kafka actor=bus"});
}

} // namespace tinybook
