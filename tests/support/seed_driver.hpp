#pragma once

#include "tests/support/budgets.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::sim {

/// The result of one seed of a simulation.
struct seed_report {
  std::uint64_t seed = 0;
  std::uint64_t digest = 0; ///< The same in every run of the seed.
  std::int64_t steps = 0;   ///< Messages handled.
  std::vector<std::pair<std::string, std::int64_t>> counts{}; ///< Of what happened.
  std::vector<std::string> violations{};
  std::vector<std::string> trace{}; ///< If it was asked for.
};

struct simulation {
  test::budget seeds;  ///< As many fixed and as many fresh ones are a test.
  std::string about;   ///< For `--help`.
  std::string command; ///< That runs it, for the way to see a seed again.
  std::function<seed_report(std::uint64_t seed, bool readable)> run;
};

/// The command line of a simulation: one seed again, or many with their progress. 0 where
/// every invariant held.
int drive_seeds(int argc, char** argv, const simulation& what);

} // namespace tinybook::sim
