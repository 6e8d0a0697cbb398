#pragma once

#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace tinybook {

/// Thins out log lines that may come in bursts: lets one through in each `period`.
class line_sampler {
 public:
  explicit line_sampler(std::chrono::milliseconds period = std::chrono::minutes{1})
      : period_(period) {}

  [[nodiscard]] std::chrono::milliseconds period() const { return period_; }

  /// Whether a line is due, and how many were left out before it.
  [[nodiscard]] std::optional<std::uint64_t> next(tick now) {
    if (last_ && now - *last_ < period_) {
      ++left_out_;
      return std::nullopt;
    }
    return next_always(now);
  }
  /// The same for a line that must not be left out.
  std::optional<std::uint64_t> next_always(tick now) {
    last_ = now;
    return std::exchange(left_out_, 0);
  }

  /// How many were left out in a period that is over and that no later line has reported.
  [[nodiscard]] std::uint64_t overdue(tick now) {
    return left_out_ > 0 && now - *last_ >= period_ ? *next_always(now) : 0;
  }

 private:
  std::chrono::milliseconds period_;
  std::optional<tick> last_;
  std::uint64_t left_out_ = 0;
};

} // namespace tinybook
