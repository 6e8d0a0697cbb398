#pragma once

#include "storage/types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace tinybook {

/// Lets the first `rate` of each minute through, and tells how many it has left out.
class burst_sampler {
 public:
  explicit burst_sampler(std::size_t rate) : rate_(rate) {}

  /// Whether the next one goes through, and how many were left out before it.
  [[nodiscard]] std::optional<std::uint64_t> next(wall_time now) {
    const auto minute = std::chrono::floor<std::chrono::minutes>(now);
    if (minute != minute_) {
      minute_ = minute;
      passed_ = 0;
    }
    if (passed_ >= rate_) {
      ++left_out_;
      return std::nullopt;
    }
    ++passed_;
    return std::exchange(left_out_, 0);
  }

 private:
  std::size_t rate_;
  std::chrono::sys_time<std::chrono::minutes> minute_{};
  std::size_t passed_ = 0;
  std::uint64_t left_out_ = 0;
};

} // namespace tinybook
