#include "tests/simulation/run.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <optional>
#include <random>

namespace {

using namespace tinybook::sim;
using clock_type = std::chrono::steady_clock;

/// Seeds that have found something once, and the first hundred.
constexpr std::uint64_t fixed_seeds = 100;

struct totals {
  std::uint64_t seeds = 0;
  std::int64_t steps = 0;
  std::int64_t messages = 0;
  std::int64_t sends = 0;
};

/// Whether every invariant held; a broken one tells how to see it again.
bool run_one(std::uint64_t seed, totals& sum) {
  const auto report = run_seed(seed, false);
  ++sum.seeds;
  sum.steps += report.steps;
  sum.messages += report.messages;
  sum.sends += report.sends;
  if (report.violations.empty())
    return true;
  std::printf("\nseed %lu: %s\nsee it again with: scripts/simulate.sh --seed %lu\n", seed,
              report.violations.front().c_str(), seed);
  return false;
}

int replay(std::uint64_t seed) {
  const auto report = run_seed(seed, true);
  for (const auto& line : report.trace)
    std::puts(line.c_str());
  const auto again = run_seed(seed, false);
  std::printf("seed %lu: %ld messages handled, digest %016lx, %s\n", seed, report.steps,
              report.digest,
              again.digest == report.digest ? "the same again" : "NOT the same again");
  for (const auto& what : report.violations)
    std::printf("violated: %s\n", what.c_str());
  return report.violations.empty() && again.digest == report.digest ? 0 : 1;
}

int run_many(std::uint64_t from, std::uint64_t count, bool fixed) {
  totals sum;
  const auto begin = clock_type::now();
  auto told = begin;
  int broken = 0;
  const auto seconds = [&] {
    return std::chrono::duration<double>(clock_type::now() - begin).count();
  };
  const auto one = [&](std::uint64_t seed) {
    broken += run_one(seed, sum) ? 0 : 1;
    if (clock_type::now() - told > std::chrono::seconds{2}) {
      told = clock_type::now();
      std::fprintf(stderr, "\r%lu seeds, %.0f a second, %d broken ", sum.seeds,
                   static_cast<double>(sum.seeds) / seconds(), broken);
    }
  };
  for (std::uint64_t seed = 1; fixed && seed <= fixed_seeds && broken < 5; ++seed)
    one(seed);
  for (std::uint64_t i = 0; i < count && broken < 5; ++i)
    one(from + i);
  std::printf("\n%lu seeds (fresh ones from %lu on), %ld accepted messages, %ld sends, "
              "%ld messages between actors, %.0f seeds/s: %s\n",
              sum.seeds, from, sum.messages, sum.sends, sum.steps,
              static_cast<double>(sum.seeds) / seconds(),
              broken == 0 ? "every invariant held" : "INVARIANTS BROKEN");
  return broken == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Runs the actors of SMS delivery through seeded histories of faults, "
               "crashes and clock jumps, and looks at every invariant after each step."};
  std::optional<std::uint64_t> seed;
  std::uint64_t seeds = 0;
  std::uint64_t from = std::random_device{}();
  bool fixed = false;
  app.add_option("--seed", seed, "Replay this seed with a readable trace");
  app.add_option("--seeds", seeds, "Run as many fresh seeds");
  app.add_option("--from", from, "The first of them (else drawn)");
  app.add_flag("--fixed", fixed, "Run the fixed set first");
  CLI11_PARSE(app, argc, argv);
  if (seed)
    return replay(*seed);
  return run_many(from, seeds == 0 && !fixed ? 2000 : seeds, fixed);
}
