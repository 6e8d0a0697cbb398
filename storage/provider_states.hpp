#pragma once

#include "storage/result.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook::storage {

/// In the place of a provider's name: the pause of all of them.
inline constexpr auto every_provider = "*";

/// What outlives a restart of a provider's circuit, and what replicas share of it. The
/// texts are those of `to_string` in actors/sms/circuit.hpp. The row named
/// `every_provider` holds the pause of all.
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

struct state_saved {
  /// False: a state of a higher generation stands there; what was given is not written.
  bool kept = true;
};

/// Writes the row of one provider as a whole, unless the stored one has a higher
/// generation: where replicas decide at once the later transition stands, and the others
/// read it when they refresh. A new forced state comes with a new generation.
struct save_provider_state {
  using reply = state_saved;
  static constexpr bool writes = true;
  provider_state state;
};
result<state_saved> run(handle& db, const save_provider_state& command);

struct probe_claim {
  bool granted = false; ///< False: another replica probes this provider.
  wall_time until{};    ///< When the present claim runs out, whosever it is.
};

/// The right to probe a provider whose circuit was open (half-open and ramp): of the
/// replicas one has it at a time, until it is given back or runs out at `now + lease`.
/// Claiming again as its holder is the heartbeat.
struct claim_probe {
  using reply = probe_claim;
  static constexpr bool writes = true;
  std::string provider;
  std::string replica;
  wall_time now{};
  std::chrono::milliseconds lease{};
};
result<probe_claim> run(handle& db, const claim_probe& command);

/// Gives the right back; without effect where `replica` does not have it.
struct release_probe {
  using reply = done;
  static constexpr bool writes = true;
  std::string provider;
  std::string replica;
};
result<done> run(handle& db, const release_probe& command);

struct provider_state_list {
  std::vector<provider_state> states;
};

/// Every row, by name.
struct load_provider_states {
  using reply = provider_state_list;
  static constexpr bool writes = false;
};
result<provider_state_list> run(handle& db, const load_provider_states& command);

struct provider_state_commands
    : commands<load_provider_states, save_provider_state, claim_probe, release_probe> {};

} // namespace tinybook::storage
