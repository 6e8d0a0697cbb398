#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace tinybook::soak {

struct reading {
  double minutes = 0; ///< Since the process began.
  double value = 0;
};

/// The median of the slopes between all pairs (Theil and Sen), a minute: up to 29 % of
/// the readings may be outliers. 0 for fewer than two.
[[nodiscard]] double theil_sen_slope(std::span<const reading> readings);

/// When what a process holds counts as leaking: once its fit grows by more than both.
struct growth_bound {
  double warm_up_minutes = 0; ///< These are not looked at: pools, caches and heaps fill.
  double least_minutes = 0;   ///< Of readings behind that; fewer tell nothing.
  double a_minute = 0;
  double in_all = 0; ///< Over all readings: room for noise, above all where they are few.
};

struct growth {
  bool judged = false; ///< There were enough readings.
  bool leaks = false;
  double a_minute = 0;
  double minutes = 0; ///< Of readings that were looked at.
};

[[nodiscard]] growth judge_growth(std::span<const reading> readings,
                                  const growth_bound& bound);

struct growth_bounds {
  growth_bound rss_kib;
  growth_bound files;
};

/// For a run of that length: below ten minutes nearly all of a process's life is its
/// warm-up, so that only a gross leak shows.
[[nodiscard]] growth_bounds bounds_for(std::chrono::minutes run);

} // namespace tinybook::soak
