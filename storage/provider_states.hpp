#pragma once

#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tinybook::storage {

/// What outlives a restart of a provider's circuit, and what replicas share of it. The
/// texts are those of `to_string` in actors/sms/circuit.hpp. The row named `*` holds the
/// pause of all providers.
struct provider_state {
  std::string provider;
  std::string state;           ///< `closed`, `open`, `half_open`, `ramp`
  std::int64_t generation = 0; ///< Grows with each transition.
  wall_time open_until{};      ///< With `open`.
  std::string forced{};        ///< Empty = not forced.
  wall_time forced_until{};    ///< The epoch = until it is lifted.
  std::string forced_by{};
  std::string reason{};
  wall_time changed_at{};
};

/// Writes the row of one provider as a whole.
struct save_provider_state {
  using reply = done;
  static constexpr bool writes = true;
  provider_state state;
};

struct provider_state_list {
  std::vector<provider_state> states;
};

/// Every row, by name.
struct load_provider_states {
  using reply = provider_state_list;
  static constexpr bool writes = false;
};

class provider_state_store {
 public:
  virtual ~provider_state_store() = default;
  virtual result<done> run(const save_provider_state&) = 0;
  virtual result<provider_state_list> run(const load_provider_states&) = 0;
};

} // namespace tinybook::storage
