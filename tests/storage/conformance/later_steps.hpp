#pragma once

#include "storage/migrations/migration.hpp"

#include <span>
#include <vector>

namespace tinybook::test {

/// The steps of a later release: one that only adds (`adds`), with which the programs of
/// `steps` can work, and one that they cannot live with.
[[nodiscard]] inline std::vector<storage::migration>
with_later_steps(std::span<const storage::migration> steps, const char* adds) {
  std::vector<storage::migration> out(steps.begin(), steps.end());
  const int known = out.back().number;
  out.push_back({.number = known + 1, .name = "adds", .sql = adds, .works_with = known});
  out.push_back({.number = known + 2, .name = "changes"});
  return out;
}

} // namespace tinybook::test
