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

/// Why a sender takes nothing.
enum class refusal : std::uint8_t {
  busy,   ///< For want of places, or of its rate.
  paused, ///< The provider has asked for a pause.
  open,   ///< The circuit is open.
};

/// How many messages a sender takes from now on, as its places, its rate and its circuit
/// allow; told to the supervisor whenever that is another number than what was told
/// before, less what has come since. So nobody has to ask before a message is sent.
struct provider_places {
  using reply = void;
  std::string provider;
  std::uint64_t life = 0; ///< Of the sender: another one after each start, never 0.
  std::int64_t taken = 0; ///< Messages that this life has been handed so far.
  std::int64_t free = 0;
  // With none free:
  std::chrono::milliseconds retry_after{0}; ///< When to look again.
  refusal why = refusal::busy;
  /// An operator has ended the provider's pause: its Retry-After no longer counts.
  bool lifted = false;
};

/// The supervisor has messages for so many places, or has just started: the sender tells
/// its places anew. Where replicas share a rate it takes permits first.
struct want_places {
  using reply = void;
  std::int64_t wanted = 0;
};

struct last_resort_answer {
  bool granted = false;
};

/// No provider takes anything: may a single message go out although the circuit of this
/// one is open (and nobody has forced it)?
struct ask_last_resort {
  using reply = last_resort_answer;
};

/// Hands one message to the provider. Answered with an outcome; a provider's failure is
/// no error of the actor. Fails with `overloaded` where it may not go out now (there is
/// no place for it, or the circuit has opened since): nothing was sent, and it is no
/// attempt.
struct send_sms {
  using reply = send_outcome;
  outgoing_sms message;
  bool last_resort = false; ///< As it was granted.
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
