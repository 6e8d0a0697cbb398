#include "tests/soak/growth.hpp"

#include <doctest/doctest.h>

#include <random>

namespace tinybook::soak {

namespace {

constexpr growth_bound an_hour{2, 2, 1024, 8192};

/// A reading a second, of what `kib_at` says of each minute.
template <class Shape>
std::vector<reading> readings(double minutes, Shape kib_at) {
  std::vector<reading> out;
  for (int second = 0; second <= minutes * 60; ++second)
    out.push_back({second / 60.0, kib_at(second / 60.0)});
  return out;
}

} // namespace

TEST_CASE("the slope is that of the line, whatever a quarter of the readings are") {
  std::mt19937 random{1};
  auto all = readings(10, [](double at) { return 60'000 + 500 * at; });
  CHECK(theil_sen_slope(all) == doctest::Approx(500));
  for (auto& one : all)
    if (random() % 4 == 0)
      one.value += static_cast<double>(random() % 130'000);
  CHECK(theil_sen_slope(all) == doctest::Approx(500).epsilon(0.4));
  CHECK(theil_sen_slope({}) == 0);
}

TEST_CASE("steady growth is a leak, also beneath the noise of hashing passwords") {
  std::mt19937 random{2};
  const auto found = judge_growth(readings(20,
                                           [&](double at) {
                                             return 60'000 + 2000 * at
                                                    + (random() % 8 == 0 ? 65'536 : 0);
                                           }),
                                  an_hour);
  CHECK(found.judged);
  CHECK(found.leaks);
  CHECK(found.a_minute == doctest::Approx(2000).epsilon(0.1));
}

TEST_CASE("what fills during the warm-up and stays is no leak") {
  const auto filled =
      readings(20, [](double at) { return at < 2 ? 30'000 * at : 60'000; });
  CHECK_FALSE(judge_growth(filled, an_hour).leaks);
}

TEST_CASE("one step, such as a heap that grew once, is no leak") {
  const auto step = readings(20, [](double at) { return at < 9 ? 60'000.0 : 90'000.0; });
  CHECK_FALSE(judge_growth(step, an_hour).leaks);
}

TEST_CASE(
    "a steep slope over a short life is noise, a slow one over a long life as well") {
  const auto steep = readings(4.5, [](double at) { return 3000 * at; });
  CHECK(judge_growth(steep, an_hour).judged);
  CHECK_FALSE(judge_growth(steep, an_hour).leaks);
  const auto slow = readings(60, [](double at) { return 500 * at; });
  CHECK_FALSE(judge_growth(slow, an_hour).leaks);
}

TEST_CASE("a life that is too short is not judged") {
  const auto found =
      judge_growth(readings(3, [](double at) { return 1e6 * at; }), an_hour);
  CHECK_FALSE(found.judged);
  CHECK_FALSE(found.leaks);
  CHECK_FALSE(judge_growth({}, an_hour).judged);
}

TEST_CASE("runs of a few minutes see only gross leaks, longer ones more") {
  const auto gross = [](double a_minute) {
    return readings(0.8, [=](double at) { return 60'000 + a_minute * at; });
  };
  const auto minute = bounds_for(std::chrono::minutes{1});
  CHECK(judge_growth(gross(200 * 1024), minute.rss_kib).leaks);
  CHECK_FALSE(judge_growth(gross(20 * 1024), minute.rss_kib).leaks);
  const auto hour = bounds_for(std::chrono::minutes{60});
  const auto files = readings(20, [](double at) { return 60 + 2 * at; });
  CHECK(judge_growth(files, hour.files).leaks);
  CHECK_FALSE(judge_growth(readings(20, [](double) { return 60.0; }), hour.files).leaks);
}

} // namespace tinybook::soak
