#pragma once

#include <algorithm>
#include <vector>

namespace tinybook::bench {

[[nodiscard]] inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

} // namespace tinybook::bench
