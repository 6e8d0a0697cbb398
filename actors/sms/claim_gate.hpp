#pragma once

#include "storage/support/backoff.hpp"
#include "storage/support/random.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace tinybook {

struct claim_rules {
  std::int64_t batch = 0;            ///< Rows of one claim.
  std::size_t max_in_flight = 1'024; ///< Rows in memory.
  std::uint32_t rate_per_second = 0; ///< Of all providers together; 0 = off.
  backoff_options store_backoff{std::chrono::milliseconds{100}, 2.0, 0.5,
                                std::chrono::milliseconds{5'000}};
};

/// When rows are claimed from the outbox, and at most how many: one claim at a time, none
/// before the leases of an earlier life are free (a row of which it is not known whether
/// somebody works on it must not be sent), none while the store fails, and no more than
/// memory and the rate of all providers together allow. Everything else stays in the
/// store.
class claim_gate {
 public:
  explicit claim_gate(const claim_rules& rules) : rules_(rules) {}

  /// The leases of an earlier life are free.
  void open() { open_ = true; }
  [[nodiscard]] bool is_open() const { return open_; }

  /// There may be something to claim.
  void want() { wanted_ = true; }

  struct answer {
    std::int64_t rows = 0;
    std::optional<tick> again_at{}; ///< With none: when to look again, where time helps.
  };
  /// How many rows to claim now, with so many in flight.
  [[nodiscard]] answer look(std::size_t in_flight, tick now);

  void claim_begins();
  void claim_ends() { claiming_ = false; }
  [[nodiscard]] bool claiming() const { return claiming_; }

  /// A message goes to a provider.
  void sent(tick now);

  /// Claims pause for a backoff that grows with each failure in a row.
  void store_failed(tick now, random_source& random);
  /// Whether it had failed before.
  bool store_answered();
  [[nodiscard]] bool store_fails(tick now) const { return now < paused_until_; }
  [[nodiscard]] tick paused_until() const { return paused_until_; }

 private:
  [[nodiscard]] rate_limit rate() const {
    return {rules_.rate_per_second, std::chrono::seconds{1}};
  }

  claim_rules rules_;
  bool open_ = false;
  bool wanted_ = false;
  bool claiming_ = false;
  tick paused_until_{};
  unsigned failures_in_a_row_ = 0;
  window_limiter sent_{1};
};

} // namespace tinybook
