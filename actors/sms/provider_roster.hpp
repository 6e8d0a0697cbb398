#pragma once

#include "actors/sms/delivery_plan.hpp"
#include "actors/sms/number_routes.hpp"
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
  std::uint32_t weight = 100; ///< Its share of the first tries; 0 = only failover.
  number_routes routes{};
};

/// The providers in their configured order, and since when each has refused. Refusals
/// stand on the monotonic clock: a jump of the wall clock opens or closes nobody.
class provider_roster {
 public:
  explicit provider_roster(std::vector<roster_entry> entries);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] const std::string& name(std::size_t index) const {
    return entries_[index].name;
  }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

  /// In which order to ask for places: the first by a draw with the weights, the others
  /// as configured.
  [[nodiscard]] std::vector<std::size_t> draw_order(random_source& random) const;

  /// The sender said that it is not worth asking again for `wait`. Bounded on both
  /// sides, so that neither a busy loop nor a provider lost for hours can come of it.
  void refused(std::size_t index, std::chrono::milliseconds wait, tick now,
               refusal why = refusal::busy);
  void reopened(std::size_t index) {
    refused_until_[index] = tick{};
    why_[index] = refusal::busy;
  }

  /// An operator has ended the pause that the provider had asked for.
  void lifted(std::size_t index, wall_time wall) { lifted_at_[index] = wall; }

  /// Every provider has refused for its circuit, not only for want of places.
  [[nodiscard]] bool all_open() const {
    return std::ranges::all_of(why_, [](refusal why) { return why == refusal::open; });
  }
  /// Why it refuses, where it cannot send now at all; nothing where it is only busy.
  [[nodiscard]] std::optional<refusal> cannot_send(std::size_t index, tick now) const {
    return admits(index, now) || why_[index] == refusal::busy
               ? std::nullopt
               : std::optional{why_[index]};
  }

  [[nodiscard]] bool admits(std::size_t index, tick now) const {
    return refused_until_[index] <= now;
  }
  [[nodiscard]] std::chrono::milliseconds wait(std::size_t index, tick now) const;

  /// When it is worth asking again, not before now; nothing without providers.
  [[nodiscard]] std::optional<tick> next_admission(tick now) const;

  /// Those that take `e164`: the longest route first; of equal ones the one with a place
  /// already held, then in the configured order.
  [[nodiscard]] std::vector<provider_view> views(std::string_view e164,
                                                 std::optional<std::size_t> held,
                                                 wall_time wall, tick now) const;

 private:
  std::vector<roster_entry> entries_;
  std::vector<tick> refused_until_;
  std::vector<refusal> why_; ///< It refused last.
  std::vector<wall_time> lifted_at_;
};

} // namespace tinybook
