#pragma once

#include "bench/delivery/score.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tinybook::bench {

/// What a policy knows of a message between its tries.
struct attempt_state {
  int tries = 0;
  int round = 0;
  std::set<std::size_t> tried; ///< In this round.
};

/// How somebody else delivers: chooses a provider, learns from results, backs off.
class policy {
 public:
  virtual ~policy() = default;
  /// The provider to try now; nothing = none admits, ask again a second later.
  virtual std::optional<std::size_t> choose(attempt_state& message, ms now) = 0;
  virtual void ended(std::size_t provider, outcome_class kind, ms now) = 0;
  /// The wait until the next try; nothing = it gives the message up.
  virtual std::optional<ms> wait(attempt_state& message, ms retry_after,
                                 random_source& chance) = 0;
};

/// One candidate of a grid.
struct candidate {
  std::string settings;
  std::function<std::unique_ptr<policy>()> make;
};

/// One provider, plain retries with exponential backoff.
[[nodiscard]] std::vector<candidate> plain_retries();
/// The common breaker: so many failures in a row open it for a fixed time, then one probe
/// decides; a failure goes on to the next provider.
[[nodiscard]] std::vector<candidate> consecutive_breaker();
/// A fixed 30 % error rate, computed once a window, switches to the next provider for a
/// while; failed messages back off in memory.
[[nodiscard]] std::vector<candidate> fixed_rate();

/// One run of `who` through `s`.
[[nodiscard]] score run_baseline(const candidate& who, const scenario& s,
                                 std::uint64_t seed);

/// The best of a grid over the seeds of the tuning, all scenarios together.
[[nodiscard]] candidate tuned(const std::vector<candidate>& grid);

} // namespace tinybook::bench
