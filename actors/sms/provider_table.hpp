#pragma once

#include "actors/sms/circuit.hpp"
#include "storage/types.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook {

/// The state of a provider that an operator must know.
struct provider_condition {
  circuit_state circuit = circuit_state::closed;
  std::string circuit_reason;
  forced_state forced = forced_state::none;
  std::string forced_by;
  std::string force_reason;
  wall_time forced_until{}; ///< The epoch = until it is lifted.
  wall_time paused_until{}; ///< By a pause the provider asked for; the epoch = none.
};

/// The provider has said that it cannot send to the region; remembered until then.
struct refused_region {
  std::string region;
  wall_time until{};
};

struct provider_row {
  std::string name;
  bool answers = false; ///< If not, only the name and the regions are known.
  provider_condition condition;
  std::int64_t in_flight = 0;
  /// Calls since the start of its sender, by `outcome_class`.
  std::array<std::uint64_t, outcome_classes> outcomes{};
  std::vector<refused_region> regions{};
};

struct provider_table {
  std::vector<provider_row> rows;
};

/// Asks a sender for its provider's row, which comes without the regions.
struct describe_provider {
  using reply = provider_row;
};

/// Asks for all providers in the configured order.
struct list_providers {
  using reply = provider_table;
};

} // namespace tinybook
