#include "tests/soak/growth.hpp"

#include <algorithm>
#include <cstddef>

namespace tinybook::soak {

namespace {

/// As many points have 45 000 pairs.
constexpr std::size_t most_points = 300;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Neighbours become one point, their median.
std::vector<reading> thinned(std::span<const reading> all) {
  const auto width = (all.size() + most_points - 1) / most_points;
  std::vector<reading> out;
  for (std::size_t at = 0; at < all.size(); at += width) {
    std::vector<double> minutes;
    std::vector<double> values;
    for (const auto& one : all.subspan(at, std::min(width, all.size() - at))) {
      minutes.push_back(one.minutes);
      values.push_back(one.value);
    }
    out.push_back({median(minutes), median(values)});
  }
  return out;
}

} // namespace

double theil_sen_slope(std::span<const reading> readings) {
  const auto points = thinned(readings);
  std::vector<double> slopes;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = i + 1; j < points.size(); ++j)
      if (points[j].minutes > points[i].minutes)
        slopes.push_back((points[j].value - points[i].value)
                         / (points[j].minutes - points[i].minutes));
  return slopes.empty() ? 0 : median(std::move(slopes));
}

growth judge_growth(std::span<const reading> readings, const growth_bound& bound) {
  const auto warm = std::ranges::find_if(
      readings, [&](const reading& r) { return r.minutes >= bound.warm_up_minutes; });
  const std::span<const reading> rest{warm, readings.end()};
  growth out;
  if (rest.size() < 2)
    return out;
  out.minutes = rest.back().minutes - rest.front().minutes;
  out.judged = out.minutes >= bound.least_minutes;
  out.a_minute = theil_sen_slope(rest);
  out.leaks = out.judged && out.a_minute > bound.a_minute
              && out.a_minute * out.minutes > bound.in_all;
  return out;
}

growth_bounds bounds_for(std::chrono::minutes run) {
  constexpr double mib = 1024;
  if (run < std::chrono::minutes{10})
    return {.rss_kib = {0.2, 0.3, 64 * mib, 32 * mib}, .files = {0.2, 0.3, 60, 30}};
  return {.rss_kib = {2, 2, mib, 8 * mib}, .files = {2, 2, 1, 10}};
}

} // namespace tinybook::soak
