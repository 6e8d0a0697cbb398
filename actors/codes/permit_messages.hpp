#pragma once

#include "storage/support/sliding_window.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tinybook {

struct permits {
  rate_decision decision;
  /// Where it admits: how many events of each rule are in its window now, this one
  /// included; 0 for a limit that is off.
  std::vector<std::uint32_t> used{};
};

/// Counts one event of each rule when all admit, else none.
struct take_permits {
  using reply = permits;
  std::vector<rate_rule> rules;
};

/// Uncounts one event of each key: what was counted did not happen after all.
struct return_permits {
  using reply = void;
  std::vector<std::string> keys;
};

} // namespace tinybook
