#pragma once

#include "actors/sms/delivery_plan.hpp"
#include "actors/sms/number_routes.hpp"
#include "actors/sms/place_account.hpp"
#include "actors/sms/region_refusals.hpp"
#include "actors/sms/retry_budget.hpp"
#include "actors/sms/sender_messages.hpp"
#include "storage/support/random.hpp"
#include "storage/support/sliding_window.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook {

/// One provider as the supervisor chooses it.
struct roster_entry {
  std::string name;
  std::uint32_t weight = 0; ///< Its share of the first tries; 0 = failover only.
  number_routes routes{};
};

/// The providers in their configured order, with all that is known of each: its places,
/// until when it refuses, its retry budget, the regions to which it cannot send. Refusals
/// count on the monotonic clock: a jump of the wall clock changes none.
class provider_roster {
 public:
  provider_roster(std::vector<roster_entry> entries, const retry_budget_rules& budget,
                  std::chrono::milliseconds region_memory);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const std::string& name(std::size_t index) const {
    return entries_[index].name;
  }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

  /// The order in which places are looked for: the first drawn by weight, the others as
  /// configured.
  [[nodiscard]] std::vector<std::size_t> draw_order(random_source& random) const;

  /// What its sender has told.
  void told(std::size_t index, const provider_places& places, tick now);
  /// See `place_account`.
  [[nodiscard]] place_account& places(std::size_t index) { return accounts_[index]; }
  [[nodiscard]] std::int64_t free(std::size_t index) const {
    return accounts_[index].free();
  }

  [[nodiscard]] retry_budget& budget(std::size_t index) { return budgets_[index]; }
  [[nodiscard]] region_refusals& regions() { return regions_; }

  /// Whether to ask its sender for places: once in `spacing`, unless it has told since.
  [[nodiscard]] bool ask(std::size_t index, std::chrono::milliseconds spacing, tick now);

  /// It takes nothing for `wait`, which is bounded on both sides: it can lead neither to
  /// a busy loop nor to a provider that is lost for hours.
  void refused(std::size_t index, std::chrono::milliseconds wait, tick now,
               refusal why = refusal::busy);
  void reopened(std::size_t index) {
    refused_until_[index] = tick{};
    why_[index] = refusal::busy;
  }

  /// An operator has ended the pause for which the provider had asked.
  void lifted(std::size_t index, wall_time wall) { lifted_at_[index] = wall; }

  /// Every provider has refused because of its circuit, not only for want of places.
  [[nodiscard]] bool all_open() const {
    return std::ranges::all_of(why_, [](refusal why) { return why == refusal::open; });
  }
  /// Why it refuses, where it cannot send now at all; nothing where it is only busy.
  [[nodiscard]] std::optional<refusal> cannot_send(std::size_t index, tick now) const {
    return admits(index, now) || why_[index] == refusal::busy
               ? std::nullopt
               : std::optional{why_[index]};
  }

  /// It has a place, and does not refuse.
  [[nodiscard]] bool admits(std::size_t index, tick now) const {
    return free(index) > 0 && refused_until_[index] <= now;
  }
  /// How long not to ask again; where nobody knows when a place will be free, a moment.
  [[nodiscard]] std::chrono::milliseconds wait(std::size_t index, tick now) const;

  /// When it is worth looking again, after now and within `at_most`.
  [[nodiscard]] tick next_admission(std::chrono::milliseconds at_most, tick now) const;

  /// Those that send to `e164`, which is of `region`: the longest matching route first;
  /// of equal ones the one at which a place is already held, then in the configured
  /// order. Without those that send no notices where the message `is_notice`.
  [[nodiscard]] std::vector<provider_view>
  views(std::string_view e164, std::string_view region, std::optional<std::size_t> held,
        wall_time wall, tick now, bool is_notice = false);

 private:
  std::vector<roster_entry> entries_;
  std::vector<place_account> accounts_;
  std::vector<tick> refused_until_;
  std::vector<refusal> why_; ///< Of the last refusal.
  std::vector<wall_time> lifted_at_;
  std::vector<std::optional<tick>> asked_; ///< For places, unless it has told since.
  std::vector<retry_budget> budgets_;
  region_refusals regions_;
};

} // namespace tinybook
