#include "tests/support/seed_driver.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <random>

namespace tinybook::sim {

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::uint64_t fixed_seeds = 100; ///< Of `--fixed`: 1, 2, 3, …
constexpr int enough_broken = 5;

/// The sums over many seeds.
class series {
 public:
  explicit series(const simulation& what) : what_(what) {}

  void run(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count && broken_.size() < enough_broken; ++i)
      run(first + i);
  }

  /// Each as the way to see it again, and what it violated.
  [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }

  void tell() const {
    std::printf("\n%lu seeds, ", seeds_);
    for (const auto& [name, count] : counts_)
      std::printf("%ld %s, ", count, name.c_str());
    std::printf("%ld messages between actors, %.0f seeds/s: %s\n", steps_, rate(),
                broken_.empty() ? "every invariant held" : "INVARIANTS BROKEN");
  }

 private:
  void run(std::uint64_t seed) {
    const auto report = what_.run(seed, false);
    ++seeds_;
    steps_ += report.steps;
    for (const auto& [name, count] : report.counts)
      counts_[name] += count;
    if (!report.violations.empty()) {
      broken_.push_back(what_.command + " --seed " + std::to_string(seed) + " # "
                        + report.violations.front());
      std::printf("\nseed %lu: %s\nsee it again with: %s --seed %lu\n", seed,
                  report.violations.front().c_str(), what_.command.c_str(), seed);
    }
    show_progress();
  }

  [[nodiscard]] double rate() const {
    return static_cast<double>(seeds_)
           / std::chrono::duration<double>(clock_type::now() - begin_).count();
  }

  void show_progress() {
    if (clock_type::now() - told_ < std::chrono::seconds{2})
      return;
    told_ = clock_type::now();
    std::fprintf(stderr, "\r%lu seeds, %.0f a second, %zu broken ", seeds_, rate(),
                 broken_.size());
  }

  const simulation& what_;
  clock_type::time_point begin_ = clock_type::now();
  clock_type::time_point told_ = begin_;
  std::uint64_t seeds_ = 0;
  std::int64_t steps_ = 0;
  std::map<std::string, std::int64_t> counts_;
  std::vector<std::string> broken_;
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
  if (fixed)
    all.run(1, fixed_seeds);
  all.run(from, count);
  all.tell();
  return all.broken().empty() ? 0 : 1;
}

/// Only the fixed seeds decide the result. What a fresh one finds may have nothing to
/// do with the change under test: it is printed, and recorded in `kept`.
int run_test(const simulation& what, std::uint64_t from, const std::string& kept) {
  const auto amount = static_cast<std::uint64_t>(what.seeds.amount());
  series fixed{what};
  fixed.run(1, amount);
  fixed.tell();
  series fresh{what};
  fresh.run(from, amount);
  fresh.tell();
  if (!fresh.broken().empty()) {
    std::ofstream file{kept};
    for (const auto& line : fresh.broken())
      file << line << '\n';
  }
  return fixed.broken().empty() ? 0 : 1;
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
  app.add_flag("--test", test,
               "As a test does: the seeds 1, 2, … as budgeted decide; what as many fresh "
               "ones violate is told and written to PROGRAM.violated-seeds");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  }
  if (seed)
    return replay(what, *seed);
  if (test)
    return run_test(what, from,
                    std::filesystem::path{argv[0]}.filename().string()
                        + ".violated-seeds");
  return run_many(what, from, seeds == 0 && !fixed ? 2000 : seeds, fixed);
}

} // namespace tinybook::sim
