#pragma once

#include "actors/sms/circuit.hpp"
#include "actors/sms/outcome.hpp"
#include "actors/sms/sms_provider.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <string>

/// What a provider's sender and its error-rate monitor take.
namespace tinybook {

/// Who took an action and why, for the log.
struct operator_action {
  std::string by;
  std::string reason;
};

/// Forces the circuit of a provider, or, with the name `*`, pauses all of them (`open`)
/// or lifts that (`none`). Answered when it is stored. Fails with `provider_not_found`.
struct force_provider {
  using reply = done;
  std::string provider;
  forced_state state = forced_state::none;
  wall_time until{}; ///< The epoch = until it is lifted.
  operator_action action;
};

/// Why a sender grants nothing.
enum class refusal : std::uint8_t {
  busy,   ///< For want of places, or of its rate.
  paused, ///< The provider has asked for a pause.
  open,   ///< The circuit is open.
};

struct provider_slots {
  /// 0 … `wanted`; each is used by a `send_sms` or released.
  std::int64_t granted = 0;
  /// With nothing granted: when it is worth asking again.
  std::chrono::milliseconds retry_after{0};
  refusal why = refusal::busy;
};

/// Asks a sender how many messages it takes now, as its rate, its free places and its
/// circuit allow. A refusal is no attempt. `last_resort` says that no provider admits:
/// then an open circuit (unless forced) lets a single probe through.
struct reserve_slots {
  using reply = provider_slots;
  std::int64_t wanted = 1;
  bool last_resort = false;
};

/// Releases what was reserved and is not needed.
struct release_slots {
  using reply = void;
  std::int64_t count = 1;
};

/// Hands one message to the provider, in a reserved slot. Answered with an outcome; a
/// provider's failure is no error of the actor. Fails with `overloaded` where it may not
/// go out now after all (the circuit has opened since): nothing was sent, and it is no
/// attempt.
struct send_sms {
  using reply = send_outcome;
  outgoing_sms message;
  bool last_resort = false; ///< As in the reservation.
};

/// Aborts the calls under way; their outcome is ambiguous. Nobody waits for them longer.
struct cut_calls {
  using reply = void;
};

/// A message that the provider had accepted was reported lost: counts as a failure.
struct note_lost_message {
  using reply = void;
};

/// One call for the error-rate monitor.
struct record_call {
  using reply = void;
  outcome_class kind = outcome_class::delivered;
  std::chrono::milliseconds took{0};
  std::uint64_t generation = 0; ///< Of the circuit when the call began.
};

/// The circuit has changed its state: results of older generations count in metrics only.
/// The monitor learns the usual error rate only while `closed`.
struct watch_circuit {
  using reply = void;
  std::uint64_t generation = 0;
  bool closed = true;
};

/// What the monitor tells the sender whenever the threshold moves or is reached.
struct error_rate_seen {
  using reply = void;
  std::uint64_t generation = 0;
  double threshold = 0; ///< For as many samples as a half-open circuit collects.
  std::string trip;     ///< Why the circuit must open; empty = it need not.
};

} // namespace tinybook
