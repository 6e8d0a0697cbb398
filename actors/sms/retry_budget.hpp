#pragma once

#include "actors/sms/count_ring.hpp"

#include <chrono>
#include <cstdint>

namespace tinybook {

/// How many tries may go to a provider that has had the same message before: a share of
/// the first tries of the last `window`, and a few each second in any case. It never
/// holds back a failover to another provider, and what it holds back goes later. As in
/// Finagle's retry budgets, retries must not multiply the load on a provider in
/// trouble.
struct retry_budget_rules {
  double share = 0;
  std::uint32_t per_second = 0;
  std::chrono::milliseconds window{std::chrono::seconds{10}};
};

class retry_budget {
 public:
  explicit retry_budget(const retry_budget_rules& rules)
      : rules_(rules), counts_(rules.window, 20) {}

  void first_try(tick now) { counts_.record({1, 0}, now); }
  void repeated(tick now) { counts_.record({0, 1}, now); }

  [[nodiscard]] bool may_repeat(tick now) { return left(now) >= 1; }

  [[nodiscard]] double left(tick now) {
    const auto& seen = counts_.totals(now);
    const std::chrono::duration<double> window = rules_.window;
    return rules_.share * static_cast<double>(seen.first)
           + static_cast<double>(rules_.per_second) * window.count()
           - static_cast<double>(seen.repeats);
  }

 private:
  struct tries {
    std::int64_t first = 0;
    std::int64_t repeats = 0;

    tries& operator+=(const tries& other) {
      first += other.first;
      repeats += other.repeats;
      return *this;
    }
    tries& operator-=(const tries& other) {
      first -= other.first;
      repeats -= other.repeats;
      return *this;
    }
  };

  retry_budget_rules rules_;
  count_ring<tries> counts_;
};

} // namespace tinybook
