#pragma once

#include "storage/types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace tinybook {

/// How much of what happens is written each minute. At least 1 each.
struct sampler_bounds {
  std::size_t each = 10; ///< Of one key.
  std::size_t all = 600; ///< Of all keys together.
};

/// Chooses what is written of what happens to many keys (accounts, networks), so
/// that none of them fills the place of another: each has a bound of its own, and half of
/// what all may have is kept for the first of each in a minute. Tells of each key how
/// many were left out, once the minute is over. Holds at most twice as many keys as are
/// written; those that come beyond are counted together.
template <class Key>
class fair_sampler {
 public:
  explicit fair_sampler(sampler_bounds bounds) : bounds_(bounds) {}

  /// Of a minute that is over.
  struct left_out {
    std::vector<std::pair<Key, std::uint64_t>> of_keys{};
    std::uint64_t of_others = 0; ///< Of keys for which there was no place.
  };

  struct decision {
    bool passes = false;
    left_out before{}; ///< As `end` tells it.
  };

  [[nodiscard]] decision next(const Key& key, wall_time now) {
    decision out;
    out.before = end(now);
    auto found = tallies_.find(key);
    if (found == tallies_.end()) {
      if (tallies_.size() >= 2 * bounds_.all) {
        ++others_;
        return out;
      }
      found = tallies_.emplace(key, tally{}).first;
    }
    auto& own = found->second;
    const auto open = own.passed == 0 ? bounds_.all : (bounds_.all + 1) / 2;
    out.passes = own.passed < bounds_.each && passed_ < open;
    if (out.passes) {
      ++own.passed;
      ++passed_;
    } else {
      ++own.left_out;
      ++left_out_;
    }
    return out;
  }

  /// What was left out in the minute of the last `next`, where it is over; told once.
  [[nodiscard]] left_out end(wall_time now) {
    left_out out;
    const auto minute = std::chrono::floor<std::chrono::minutes>(now);
    if (minute == minute_)
      return out;
    minute_ = minute;
    passed_ = 0;
    left_out_ = 0;
    out.of_others = std::exchange(others_, 0);
    for (auto& [key, own] : std::exchange(tallies_, {}))
      if (own.left_out > 0)
        out.of_keys.emplace_back(key, own.left_out);
    return out;
  }

  /// Whether there is something that `end` is still to tell.
  [[nodiscard]] bool has_left_out() const { return left_out_ + others_ > 0; }
  [[nodiscard]] std::size_t size() const { return tallies_.size(); }

 private:
  struct tally {
    std::size_t passed = 0;
    std::uint64_t left_out = 0;
  };

  sampler_bounds bounds_;
  std::chrono::sys_time<std::chrono::minutes> minute_{};
  std::map<Key, tally> tallies_{};
  std::size_t passed_ = 0;
  std::uint64_t left_out_ = 0;
  std::uint64_t others_ = 0;
};

} // namespace tinybook
