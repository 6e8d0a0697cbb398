#pragma once

#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

/// How a sender takes its share of a rate limit that holds over all replicas.
struct permit_rules {
  /// What one request to the shared limiter takes: each event that the limiter counts
  /// stands for `batch` messages. Empty = the rate is this replica's own.
  std::vector<rate_rule> limits;
  std::int64_t batch = 1;
  /// Permits that are not used by then are dropped: their second is over in the limiter.
  std::chrono::milliseconds keep{200};
  /// While the limiter does not answer: the rate that this replica allows itself.
  rate_limit fallback{0, std::chrono::seconds{1}};
  std::chrono::milliseconds fallback_for{1'000}; ///< Until the limiter is asked again.
};

/// The rules for a provider's rate and the rate of all providers together, in messages a
/// second; 0 = off. Rounded down to whole batches.
[[nodiscard]] permit_rules shared_permits(const std::string& provider,
                                          std::uint32_t provider_rate,
                                          std::uint32_t rate_of_all, std::int64_t batch);

/// Permits to send, fetched from the shared rate limiter by the batch so that not every
/// message costs a request; and a rate of its own while the limiter does not answer. A
/// crash loses the permits: they count as used.
class prefetched_permits {
 public:
  explicit prefetched_permits(permit_rules rules) : rules_(std::move(rules)) {}

  [[nodiscard]] bool shared() const { return !rules_.limits.empty(); }
  [[nodiscard]] const permit_rules& rules() const { return rules_; }

  /// How many batches to request so that `wanted` messages may go; 0 = enough are here,
  /// or the limiter is not to be asked now.
  [[nodiscard]] std::int64_t batches_needed(std::int64_t wanted, tick now);

  /// The limiter has given one batch.
  void add_batch(tick now);
  /// The limiter did not answer.
  void limiter_failed(tick now) { fallback_until_ = now + rules_.fallback_for; }
  [[nodiscard]] bool on_fallback(tick now) const { return now < fallback_until_; }

  /// Uses at most `wanted` permits; how many.
  [[nodiscard]] std::int64_t take(std::int64_t wanted, tick now);
  /// How many messages may go now without another request.
  [[nodiscard]] std::int64_t left(tick now);
  /// Whole batches that nobody has used in time, since the last call: for the limiter,
  /// which counts them still.
  [[nodiscard]] std::int64_t unused_batches(tick now);
  /// When the next batch runs out.
  [[nodiscard]] std::optional<tick> next_end() const {
    return batches_.empty() ? std::nullopt : std::optional{batches_.front().until};
  }

 private:
  struct batch {
    std::int64_t left = 0;
    tick until{};
  };

  [[nodiscard]] std::int64_t fallback_left(tick now);
  void drop_old(tick now);

  permit_rules rules_;
  std::deque<batch> batches_; ///< Oldest first.
  std::int64_t left_ = 0;
  std::int64_t unused_ = 0; ///< Batches.
  tick fallback_until_{};
  window_limiter window_{1};
};

} // namespace tinybook
