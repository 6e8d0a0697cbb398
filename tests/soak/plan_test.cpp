#include "tests/soak/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

namespace tinybook::soak {

namespace {

constexpr std::array lengths{1, 2, 3, 5, 10, 60, 180};

template <class Check>
void each_plan(Check check) {
  for (const int minutes : lengths)
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      CAPTURE(minutes);
      CAPTURE(seed);
      check(plan_soak(std::chrono::minutes{minutes}, seed), minutes);
    }
}

bool of_replica(const planned_deed& one) {
  return one.what == deed::kill_replica || one.what == deed::stop_replica;
}

} // namespace

TEST_CASE("whatever a run's length, everything happens at least once") {
  each_plan([](const auto& plan, int minutes) {
    CHECK(plan.size() == static_cast<std::size_t>(minutes));
    std::set<deed> done;
    std::set<std::size_t> ended;
    std::string troubles;
    for (const auto& minute : plan) {
      for (const auto& one : minute.deeds) {
        done.insert(one.what);
        if (of_replica(one))
          ended.insert(one.replica);
      }
      for (const auto& provider : minute.of_providers)
        troubles += provider.trouble + '\n';
    }
    CHECK(done.size() == 5);
    CHECK(ended.size() == replicas);
    CHECK(troubles.find("fails for") != std::string::npos);
    CHECK(troubles.find("is silent for") != std::string::npos);
  });
}

TEST_CASE("deeds of a minute follow one another, and the last leaves time to recover") {
  each_plan([](const auto& plan, int) {
    for (const auto& minute : plan) {
      std::chrono::milliseconds free{0};
      for (const auto& one : minute.deeds) {
        CHECK(one.at >= free);
        CHECK(one.lasts >= std::chrono::seconds{1});
        free = one.at + one.lasts;
      }
      CHECK(free < load_of_a_minute);
    }
  });
}

TEST_CASE("back ends take turns, and none is away for longer than a lease lasts") {
  each_plan([](const auto& plan, int minutes) {
    std::map<deed, int> restarts;
    for (const auto& minute : plan)
      for (const auto& one : minute.deeds)
        if (!of_replica(one)) {
          ++restarts[one.what];
          CHECK(one.lasts <= std::chrono::seconds{4});
        }
    const auto [least, most] =
        std::ranges::minmax_element(restarts, {}, [](const auto& r) { return r.second; });
    CHECK(most->second - least->second <= 1);
    CHECK(most->second >= minutes / 6);
  });
}

TEST_CASE("in an hour a replica lives for about twenty minutes") {
  const auto plan = plan_soak(std::chrono::minutes{60}, 7);
  std::array<std::vector<int>, replicas> ends;
  for (std::size_t i = 0; i < plan.size(); ++i)
    for (const auto& one : plan[i].deeds)
      if (of_replica(one))
        ends.at(one.replica).push_back(static_cast<int>(i));
  for (const auto& of_one : ends) {
    REQUIRE(of_one.size() == 3);
    CHECK(of_one[1] - of_one[0] == 20);
    CHECK(of_one[2] - of_one[1] == 20);
  }
}

TEST_CASE("a seed is a plan") {
  const auto text_of = [](std::uint64_t seed) {
    std::string out;
    for (const auto& minute : plan_soak(std::chrono::minutes{10}, seed)) {
      for (const auto& one : minute.deeds)
        out += std::to_string(static_cast<int>(one.what)) + ' '
               + std::to_string(one.replica) + ' ' + std::to_string(one.at.count()) + ' '
               + std::to_string(one.lasts.count()) + '\n';
      for (const auto& provider : minute.of_providers)
        out += provider.script + '\n';
    }
    return out;
  };
  CHECK(text_of(1) == text_of(1));
  CHECK(text_of(1) != text_of(2));
}

} // namespace tinybook::soak
