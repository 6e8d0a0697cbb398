#include "actors/sms/failover_supervisor.hpp"
#include "actors/wiring/configs.hpp"
#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <chrono>

namespace tinybook::test {

using namespace std::chrono_literals;

TEST_CASE("a stop waits for SMS under way as long as for requests, within the watchdog") {
  const auto bound = [](std::chrono::milliseconds drain, std::chrono::milliseconds dog) {
    auto settings = config::defaults();
    settings.http.drain_bound = drain;
    settings.actors.watchdog = dog;
    const auto sms = failover_from(settings).drain_bound;
    CHECK(sms < stop_grace_from(settings));
    CHECK(drain + stop_grace_from(settings) < dog);
    return sms;
  };
  CHECK(bound(20s, 60s) == 20s);
  CHECK(bound(500ms, 60s) == 500ms);
  CHECK(bound(20s, 30s) == 8s);
  CHECK(bound(100ms, 3100ms) == 100ms); // The shortest that the configuration takes.
}

} // namespace tinybook::test
