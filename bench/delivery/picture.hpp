#pragma once

#include "bench/delivery/score.hpp"

#include <string>
#include <vector>

namespace tinybook::bench {

/// One policy's row of scores, in the order of the scenarios.
struct contestant {
  std::string name;
  std::string colour;
  std::vector<score> scores;
};

/// The scores as a table in Markdown.
[[nodiscard]] std::string table_of(const std::vector<contestant>& all);

/// The shares within ten seconds as bars in SVG.
[[nodiscard]] std::string picture_of(const std::vector<contestant>& all);

} // namespace tinybook::bench
