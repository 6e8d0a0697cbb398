#include "actors/system/restart_policy.hpp"
#include "tests/support/default_configs.hpp"

#include <doctest/doctest.h>

#include <rapidcheck.h>
#include <vector>

namespace tinybook {

using namespace std::chrono_literals;

namespace {
constexpr restart_policy::time_point first_crash{1h};
}

TEST_CASE("waits double up to the cap") {
  restart_policy policy{{.max_restarts = 9,
                         .restart_window = 60s,
                         .restart_base = 100ms,
                         .restart_cap = 500ms}};
  CHECK(policy.crashed(first_crash) == 100ms);
  CHECK(policy.crashed(first_crash + 1s) == 200ms);
  CHECK(policy.crashed(first_crash + 2s) == 400ms);
  CHECK(policy.crashed(first_crash + 3s) == 500ms);
  CHECK(policy.crashed(first_crash + 4s) == 500ms);
}

TEST_CASE("the sixth crash within the window escalates") {
  restart_policy policy{test::default_settings().actors};
  for (int i = 0; i < 5; ++i)
    CHECK(policy.crashed(first_crash + i * 1s).has_value());
  CHECK_FALSE(policy.crashed(first_crash + 6s).has_value());
}

TEST_CASE("old crashes are forgiven") {
  restart_policy policy{test::default_settings().actors};
  for (int i = 0; i < 5; ++i)
    CHECK(policy.crashed(first_crash).has_value());
  CHECK(policy.crashed(first_crash + 60s) == 100ms);
}

TEST_CASE("escalates exactly when the window holds more crashes than allowed") {
  CHECK(rc::check("against the list of all crashes", [](std::vector<std::uint16_t> gaps) {
    restart_policy policy{{.max_restarts = 3,
                           .restart_window = 60s,
                           .restart_base = 1ms,
                           .restart_cap = 1s}};
    std::vector<restart_policy::time_point> crashes;
    auto now = first_crash;
    for (auto gap : gaps) {
      now += std::chrono::milliseconds{gap};
      crashes.push_back(now);
      auto recent = std::count_if(crashes.begin(), crashes.end(),
                                  [&](auto t) { return now - t < 60s; });
      RC_ASSERT(policy.crashed(now).has_value() == (recent <= 3));
    }
  }));
}

} // namespace tinybook
