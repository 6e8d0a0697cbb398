#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tinybook::sim {

struct seed_report {
  std::uint64_t seed = 0;
  std::uint64_t digest = 0; ///< The same in every run of the seed.
  std::int64_t steps = 0;   ///< Messages handled.
  int messages = 0;
  int sends = 0;
  std::vector<std::string> violations;
  std::vector<std::string> trace; ///< If it was asked for.
};

/// Runs the real actors of delivery through one seeded history: what happens, in which
/// order messages are handled, which faults strike, is all drawn from `seed`. Every
/// invariant is looked at after each step; the first violation ends it.
[[nodiscard]] seed_report run_seed(std::uint64_t seed, bool readable);

} // namespace tinybook::sim
