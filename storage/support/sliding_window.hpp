#pragma once

#include "storage/errc.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tinybook {

/// Moments on the monotonic clock.
using tick = std::chrono::steady_clock::time_point;

/// At most `count` events within any `window`; a count of 0 means off.
struct rate_limit {
  std::uint32_t count = 0;
  std::chrono::milliseconds window{0};

  [[nodiscard]] bool off() const { return count == 0 || window.count() <= 0; }
  bool operator==(const rate_limit&) const = default;
};

/// A limit on one key. Rules that are taken together use distinct keys, also for two
/// windows over the same thing (`send.hour|+86…` and `send.day|+86…`).
struct rate_rule {
  std::string key;
  rate_limit limit;
  // For who asks; the limiter looks at neither.
  limit_rule name = limit_rule::none; ///< What an answer calls it.
  bool for_good = false;              ///< Counts also what succeeds: never given back.
};

struct rate_decision {
  enum class verdict : std::uint8_t {
    admitted,
    limited, ///< A limit is reached.
    full,    ///< No memory left to count a new key, so it is refused.
  };

  verdict result = verdict::admitted;
  /// How long until the same events are admitted if nothing else happens; exact for
  /// `limited`, the earliest moment at which a place may be free for `full`.
  std::chrono::nanoseconds retry_after{0};
  std::size_t rule = 0; ///< Which rule said no, with the longest wait.

  [[nodiscard]] bool admitted() const { return result == verdict::admitted; }
};

/// Sliding windows by key. Exact: the moments of the events are kept, so in no half-open
/// window of the length asked for are there ever more than `count` admitted events.
///
/// Memory: at most `max_keys` keys with at most `count` moments of 8 bytes each. Keys
/// whose events have all left their window are removed a few with each take. When all
/// places hold live keys, one is evicted that has used up the least of its limit (in
/// quarters), of those the one whose events leave first; but never one that has reached
/// its limit: else whoever is locked out could evict that key with a flood of new keys.
/// When only such keys are left, a new key is refused (`full`).
///
/// Time comes in as an argument and never runs backwards: an earlier moment counts as the
/// latest one seen. A crash forgets all windows.
class window_limiter {
 public:
  explicit window_limiter(std::size_t max_keys) : max_keys_(max_keys) {}

  /// Counts `cost` events on `key` when all of them fit, otherwise none.
  [[nodiscard]] rate_decision take(std::string_view key, rate_limit limit, tick now,
                                   std::uint32_t cost = 1);

  /// Takes one event of each rule when all admit, otherwise none of any.
  [[nodiscard]] rate_decision take_all(std::span<const rate_rule> rules, tick now);

  /// What take would say, without counting.
  [[nodiscard]] rate_decision peek(std::string_view key, rate_limit limit, tick now,
                                   std::uint32_t cost = 1);
  [[nodiscard]] rate_decision peek_all(std::span<const rate_rule> rules, tick now);

  /// Uncounts the latest `cost` events of `key`; those that are gone are no error.
  void give_back(std::string_view key, std::uint32_t cost = 1);

  /// Forgets a key: the limit starts anew.
  void forget(std::string_view key);

  /// Events of `key` that are in the window now.
  [[nodiscard]] std::size_t count(std::string_view key, tick now);

  [[nodiscard]] std::size_t keys() const { return windows_.size(); }
  [[nodiscard]] std::size_t max_keys() const { return max_keys_; }
  /// How many live keys were evicted since the start.
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }

 private:
  struct window {
    std::vector<tick> events; ///< Oldest first.
    rate_limit limit;
    std::size_t used = 0; ///< Which of the orders it is in …
    tick due;             ///< … and where.
  };
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>{}(key);
    }
  };
  using table = std::unordered_map<std::string, window, hash, std::equal_to<>>;
  using order = std::set<std::pair<tick, const std::string*>>;

  void advance(tick now);
  [[nodiscard]] rate_decision decide(const table::value_type* entry, rate_limit limit,
                                     std::uint32_t cost) const;
  [[nodiscard]] bool make_room();
  void sweep(std::size_t steps);
  void insert_in_order(table::value_type& entry);
  void remove_from_order(table::value_type& entry);
  void drop(table::iterator entry);
  [[nodiscard]] std::span<const order> below_limit() const {
    return std::span{orders_}.first(orders_.size() - 1);
  }
  [[nodiscard]] const order& at_limit() const { return orders_.back(); }

  std::size_t max_keys_;
  tick latest_{};
  table windows_;
  /// By the quarters of their limit that are used up. Those below it by the moment the
  /// last event leaves; the last are those at their limit, by the moment one leaves.
  std::array<order, 5> orders_;
  std::uint64_t evicted_ = 0;
};

} // namespace tinybook
