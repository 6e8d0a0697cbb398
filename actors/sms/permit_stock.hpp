#pragma once

#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace tinybook {

/// How a sender takes its share of a rate that holds over all replicas (D4).
struct permit_rules {
  /// What is taken at the shared limiter at once: each event that it counts stands for
  /// `batch` messages. Empty = the rate is this replica's own.
  std::vector<rate_rule> limits;
  std::int64_t batch = 1;
  /// Permits that are not used by then are gone: the limiter has counted them long ago.
  std::chrono::milliseconds keep{200};
  /// While the limiter does not answer: what this replica allows itself.
  rate_limit alone{0, std::chrono::seconds{1}};
  std::chrono::milliseconds alone_for{1'000}; ///< Until the limiter is asked again.
};

/// The limits of `permit_rules` for a provider, and for all providers together, of as
/// many messages a second; 0 = off. Rounded down to whole batches of `batch`.
[[nodiscard]] permit_rules shared_permits(const std::string& provider,
                                          std::uint32_t provider_rate,
                                          std::uint32_t rate_of_all, std::int64_t batch);

/// Messages for which the shared limiter has given permits, and what is allowed while it
/// does not answer. A crash loses the permits: they count as used.
class permit_stock {
 public:
  explicit permit_stock(permit_rules rules) : rules_(std::move(rules)) {}

  [[nodiscard]] bool shared() const { return !rules_.limits.empty(); }
  [[nodiscard]] const permit_rules& rules() const { return rules_; }

  /// How many batches are to be asked for, so that `wanted` messages may go; 0 = none is
  /// needed, or there is nobody to ask now.
  [[nodiscard]] std::int64_t lacking(std::int64_t wanted, tick now);

  /// The limiter has given one batch.
  void got(tick now);
  /// The limiter did not answer.
  void failed(tick now) { alone_until_ = now + rules_.alone_for; }
  [[nodiscard]] bool alone(tick now) const { return now < alone_until_; }

  /// Uses at most `wanted` permits; how many.
  [[nodiscard]] std::int64_t take(std::int64_t wanted, tick now);
  /// Permits that were taken and not used, and that the limiter still counts: how many
  /// whole batches are to be returned to it. What is left of one is kept.
  [[nodiscard]] std::int64_t put_back(std::int64_t count, tick now);

 private:
  struct batch {
    std::int64_t left = 0;
    tick until{};
  };

  [[nodiscard]] std::int64_t take_alone(std::int64_t wanted, tick now);
  void drop_old(tick now);

  permit_rules rules_;
  std::deque<batch> batches_; ///< Oldest first.
  std::int64_t left_ = 0;
  tick alone_until_{};
  window_limiter window_{1};
};

} // namespace tinybook
