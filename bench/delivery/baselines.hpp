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

/// Another delivery policy: chooses a provider, learns from results, backs off.
class policy {
 public:
  virtual ~policy() = default;
  /// The provider to try now; nothing = none admits, ask again a second later.
  virtual std::optional<std::size_t> choose(attempt_state& message, ms now) = 0;
  virtual void ended(std::size_t provider, outcome_class kind, ms now) = 0;
  /// How long to wait until the next try; nothing = the message is given up.
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
/// The usual circuit breaker: a number of failures in a row opens it for a fixed time,
/// then one probe decides; a failed message goes on to the next provider.
[[nodiscard]] std::vector<candidate> consecutive_breaker();
/// A fixed threshold of 30 % errors, checked once a window, switches to the next provider
/// for a while; failed messages back off in memory.
[[nodiscard]] std::vector<candidate> fixed_rate();

/// One run of `who` through `s`.
[[nodiscard]] score run_baseline(const candidate& who, const scenario& s,
                                 std::uint64_t seed);

/// The best candidate of a grid over the tuning seeds, all scenarios together.
[[nodiscard]] candidate tuned(const std::vector<candidate>& grid);

} // namespace tinybook::bench
