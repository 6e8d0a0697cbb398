#include "tests/support/seed_driver.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <random>

namespace tinybook::sim {

namespace {

using clock_type = std::chrono::steady_clock;

/// Seeds that have found something once, and the first hundred.
constexpr std::uint64_t fixed_seeds = 100;
constexpr int enough_broken = 5;

/// Many seeds and their sums.
class series {
 public:
  explicit series(const simulation& what) : what_(what) {}

  void run(std::uint64_t seed) {
    const auto report = what_.run(seed, false);
    ++seeds_;
    steps_ += report.steps;
    for (const auto& [name, count] : report.counts)
      counts_[name] += count;
    if (!report.violations.empty()) {
      ++broken_;
      std::printf("\nseed %lu: %s\nsee it again with: %s --seed %lu\n", seed,
                  report.violations.front().c_str(), what_.command.c_str(), seed);
    }
    show_progress();
  }

  [[nodiscard]] bool enough() const { return broken_ >= enough_broken; }

  int conclude(std::uint64_t from) const {
    std::printf("\n%lu seeds (fresh ones from %lu on), ", seeds_, from);
    for (const auto& [name, count] : counts_)
      std::printf("%ld %s, ", count, name.c_str());
    std::printf("%ld messages between actors, %.0f seeds/s: %s\n", steps_, rate(),
                broken_ == 0 ? "every invariant held" : "INVARIANTS BROKEN");
    return broken_ == 0 ? 0 : 1;
  }

 private:
  [[nodiscard]] double rate() const {
    return static_cast<double>(seeds_)
           / std::chrono::duration<double>(clock_type::now() - begin_).count();
  }

  void show_progress() {
    if (clock_type::now() - told_ < std::chrono::seconds{2})
      return;
    told_ = clock_type::now();
    std::fprintf(stderr, "\r%lu seeds, %.0f a second, %d broken ", seeds_, rate(),
                 broken_);
  }

  const simulation& what_;
  clock_type::time_point begin_ = clock_type::now();
  clock_type::time_point told_ = begin_;
  std::uint64_t seeds_ = 0;
  std::int64_t steps_ = 0;
  std::map<std::string, std::int64_t> counts_;
  int broken_ = 0;
};

int replay(const simulation& what, std::uint64_t seed) {
  const auto report = what.run(seed, true);
  for (const auto& line : report.trace)
    std::puts(line.c_str());
  const bool same = what.run(seed, false).digest == report.digest;
  std::printf("seed %lu: %ld messages handled, digest %016lx, %s\n", seed, report.steps,
              report.digest, same ? "the same again" : "NOT the same again");
  for (const auto& violation : report.violations)
    std::printf("violated: %s\n", violation.c_str());
  return report.violations.empty() && same ? 0 : 1;
}

int run_many(const simulation& what, std::uint64_t from, std::uint64_t count,
             bool fixed) {
  series all{what};
  for (std::uint64_t seed = 1; fixed && seed <= fixed_seeds && !all.enough(); ++seed)
    all.run(seed);
  for (std::uint64_t i = 0; i < count && !all.enough(); ++i)
    all.run(from + i);
  return all.conclude(from);
}

} // namespace

int drive_seeds(int argc, char** argv, const simulation& what) {
  CLI::App app{what.about};
  std::optional<std::uint64_t> seed;
  std::uint64_t seeds = 0;
  std::uint64_t from = std::random_device{}();
  bool fixed = false;
  bool test = false;
  app.add_option("--seed", seed, "Replay this seed with a readable trace");
  app.add_option("--seeds", seeds, "Run as many fresh seeds");
  app.add_option("--from", from, "The first of them (else drawn)");
  app.add_flag("--fixed", fixed, "Run the fixed set first");
  app.add_flag("--test", test, "As a test does: the fixed set, then seeds as budgeted");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  }
  if (seed)
    return replay(what, *seed);
  if (test)
    return run_many(what, from, static_cast<std::uint64_t>(what.seeds.amount()), true);
  return run_many(what, from, seeds == 0 && !fixed ? 2000 : seeds, fixed);
}

} // namespace tinybook::sim
