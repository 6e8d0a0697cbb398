#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tinybook {

/// How long delivered messages took since they were submitted, and how many tries.
class delivery_times {
 public:
  static constexpr std::array<std::chrono::seconds, 4> bounds{
      std::chrono::seconds{1}, std::chrono::seconds{5}, std::chrono::seconds{10},
      std::chrono::seconds{30}};

  void delivered(std::chrono::nanoseconds took, int tries) {
    ++count_;
    tries_ += static_cast<std::uint64_t>(tries > 0 ? tries : 0);
    for (std::size_t i = 0; i < bounds.size(); ++i)
      within_[i] += took <= bounds[i] ? 1U : 0U;
  }

  [[nodiscard]] std::uint64_t within(std::size_t bound) const {
    return within_.at(bound);
  }
  [[nodiscard]] double tries_per_message() const {
    return count_ == 0 ? 0 : static_cast<double>(tries_) / static_cast<double>(count_);
  }

 private:
  std::array<std::uint64_t, bounds.size()> within_{};
  std::uint64_t count_ = 0;
  std::uint64_t tries_ = 0;
};

} // namespace tinybook
