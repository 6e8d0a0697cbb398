#pragma once

#include "actors/sms/last_resort_turn.hpp"
#include "actors/sms/provider_roster.hpp"
#include "storage/support/backoff.hpp"
#include "storage/support/random.hpp"
#include "storage/support/sliding_window.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tinybook {

struct claim_rules {
  std::int64_t batch = 0;            ///< Rows of one claim.
  std::size_t max_in_flight = 1'024; ///< Rows in memory.
  std::uint32_t rate_per_second = 0; ///< Of all providers together; 0 = off.
  backoff_options store_backoff{std::chrono::milliseconds{100}, 2.0, 0.5,
                                std::chrono::milliseconds{5'000}};
};

/// When rows are claimed from the outbox, how many, and for which provider: one claim at
/// a time, none before the leases of an earlier life are free (a row of which it is not
/// known whether somebody works on it must not be sent), none while the store fails, no
/// more than memory and the rate of all providers together allow, and each with a place
/// at a provider that is held for it. Everything else stays in the store.
class claim_plan {
 public:
  /// `recheck`: how soon to look again where no provider has a place.
  claim_plan(const claim_rules& rules, std::chrono::milliseconds recheck)
      : rules_(rules), recheck_(recheck) {}

  /// The leases of an earlier life are free.
  void open() { open_ = true; }
  [[nodiscard]] bool is_open() const { return open_; }

  /// There may be something to claim.
  void want() { wanted_ = true; }

  struct step {
    std::int64_t rows = 0; ///< To claim now; their places are held at `provider`.
    std::size_t provider = 0;
    /// A single row is to be claimed if a sender lets it through (`ask_last_resort`).
    bool last_resort = false;
    /// Were drawn first and have no place: to be asked for `wanted`. None is passed over
    /// for good because of what it told once.
    std::vector<std::size_t> passed_over{};
    std::int64_t wanted = 0;
    std::optional<tick> again_at{}; ///< When to look again, where time helps.

    [[nodiscard]] bool claims() const { return rows > 0 || last_resort; }
  };
  /// What to do now, with so many rows in flight. A step that `claims` has begun, and
  /// goes on until `claim_ends`.
  [[nodiscard]] step next(std::size_t in_flight, const last_resort_turn& last_resort,
                          provider_roster& roster, tick now, random_source& random);

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
  /// How many rows to claim, whoever takes them.
  [[nodiscard]] step room(std::size_t in_flight, tick now);

  [[nodiscard]] rate_limit rate() const {
    return {rules_.rate_per_second, std::chrono::seconds{1}};
  }

  claim_rules rules_;
  std::chrono::milliseconds recheck_;
  bool open_ = false;
  bool wanted_ = false;
  bool claiming_ = false;
  tick paused_until_{};
  unsigned failures_in_a_row_ = 0;
  window_limiter sent_{1};
};

} // namespace tinybook
