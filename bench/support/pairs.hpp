#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace tinybook::bench {

/// How many pairs of measurements a benchmark takes: `BENCH_PAIRS` of the environment,
/// without it three.
[[nodiscard]] inline int pairs_wanted() {
  const char* asked = std::getenv("BENCH_PAIRS"); // NOLINT(concurrency-mt-unsafe)
  return asked == nullptr ? 3 : std::max(1, std::atoi(asked));
}

/// What ours and a yardstick gave, measured in turn.
class pairs {
 public:
  void add(double ours, double yard) {
    ours_.push_back(ours);
    yard_.push_back(yard);
    ratio_.push_back(ours / yard);
  }

  /// "NAME OURS YARDSTICK RATIO": medians, the last one of the ratios of the pairs, so
  /// that a machine whose speed drifts changes it little.
  void print(const std::string& name) const {
    std::printf("%s %.0f %.0f %.2f\n", name.c_str(), median(ours_), median(yard_),
                median(ratio_));
    std::fflush(stdout);
  }

 private:
  [[nodiscard]] static double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
  }

  std::vector<double> ours_;
  std::vector<double> yard_;
  std::vector<double> ratio_;
};

} // namespace tinybook::bench
