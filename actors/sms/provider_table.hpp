#pragma once

#include "actors/sms/circuit.hpp"
#include "storage/types.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook {

/// Where a provider stands, as an operator must know it.
struct provider_condition {
  circuit_state circuit = circuit_state::closed;
  std::string circuit_reason;
  forced_state forced = forced_state::none;
  std::string forced_by;
  std::string force_reason;
  wall_time forced_until{}; ///< The epoch = until it is lifted.
  wall_time
      paused_until{}; ///< A pause that the provider has asked for; the epoch = none.
};

/// It has said that it cannot send to the region, which is remembered that long.
struct refused_region {
  std::string region;
  wall_time until{};
};

struct provider_row {
  std::string name;
  bool answers = false; ///< Else nothing but the name and the regions is known.
  provider_condition condition;
  std::int64_t in_flight = 0;
  /// Calls since the start of its sender, by `outcome_class`.
  std::array<std::uint64_t, outcome_classes> outcomes{};
  std::vector<refused_region> regions{};
};

struct provider_table {
  std::vector<provider_row> rows;
};

/// One provider, as its sender knows it: without the regions.
struct describe_provider {
  using reply = provider_row;
};

/// All providers in the configured order.
struct list_providers {
  using reply = provider_table;
};

} // namespace tinybook
