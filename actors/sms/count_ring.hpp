#pragma once

#include "storage/support/sliding_window.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tinybook {

/// Sums over the last `window`, in a ring of equal buckets with running totals: O(1)
/// for each record and each read, amortised over the buckets that pass. What is
/// recorded counts until its bucket expires: for between `window - window / buckets`
/// and `window`. Buckets expire on every read as well as on every record; the head
/// never moves back, and a record from the past counts in the present bucket.
///
/// `Counts` has `+=` and `-=`, and is zero when default-constructed.
template <class Counts>
class count_ring {
 public:
  count_ring(std::chrono::milliseconds window, std::size_t buckets)
      : length_(std::max<std::chrono::nanoseconds>(
          std::chrono::nanoseconds{window} / std::max<std::size_t>(buckets, 1),
          std::chrono::nanoseconds{1})),
        ring_(std::max<std::size_t>(buckets, 1)) {}

  void record(const Counts& counts, tick now) {
    move_to(now);
    ring_[static_cast<std::size_t>(head_) % ring_.size()] += counts;
    totals_ += counts;
  }

  [[nodiscard]] const Counts& totals(tick now) {
    move_to(now);
    return totals_;
  }

  void clear(tick now) {
    std::ranges::fill(ring_, Counts{});
    totals_ = {};
    head_ = std::max(head_, number_of(now));
  }

  [[nodiscard]] std::chrono::nanoseconds bucket_length() const { return length_; }

 private:
  void move_to(tick now) {
    const auto target = number_of(now);
    if (target <= head_)
      return;
    const auto size = static_cast<std::int64_t>(ring_.size());
    const auto steps = std::min(target - head_, size);
    for (std::int64_t i = 1; i <= steps; ++i) {
      auto& leaving = ring_[static_cast<std::size_t>((head_ + i) % size)];
      totals_ -= leaving;
      leaving = {};
    }
    head_ = target;
  }

  [[nodiscard]] std::int64_t number_of(tick now) const {
    return now.time_since_epoch() / length_;
  }

  std::chrono::nanoseconds length_;
  std::vector<Counts> ring_;
  std::int64_t head_ = 0; ///< Number of the present bucket since the epoch.
  Counts totals_{};
};

} // namespace tinybook
