#pragma once

#include "actors/sms/message_text.hpp"
#include "actors/sms/outcome.hpp"
#include "storage/code_store.hpp"
#include "storage/sms_archive.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct sms_accepted {
  message_id id = 0;
};

/// Stores a message together with the state that verifies its code; answered after the
/// commit, so no crash loses it from then on. Fails with `sms_pending`, `unavailable`,
/// `storage_full`.
struct submit_sms {
  using reply = sms_accepted;
  code_key key; ///< Phone and purpose.
  std::string country_prefix;
  std::string region; ///< Empty where the number belongs to none.
  std::string client_address;
  std::string template_name;
  message_parameters parameters; ///< Sealed before they are stored.
  language lang = language::zh;
  code_id code = 0;
  wall_time expires_at{};
  std::optional<storage::keyed_code_state> code_state_to_store;
  // For the row (`storage::sms_message`): what verifies the code.
  std::string code_hash;
  std::string code_key_id;
  std::string code_asker;
  message_id parent = 0;      ///< The message that this one repeats; 0 = none.
  std::string tried_provider; ///< Counts as tried in the first round.
};

struct receipts_taken {
  std::int64_t joined = 0;
  std::int64_t duplicate = 0;
  std::int64_t unknown = 0;
};

/// Delivery reports of a provider, already authenticated. Each is joined to its
/// message; a negative one counts as a failure of the provider and, while the code is
/// wanted, a new code goes out through another provider. Answered when the reports are
/// stored.
struct take_receipts {
  using reply = receipts_taken;
  std::string provider;
  std::vector<storage::receipt> receipts;
  /// Of each further report that could not be understood the field at fault: counted, and
  /// logged once.
  std::vector<std::string> not_understood{};
};

/// Who took an action and why, for the log.
struct operator_action {
  std::string by;
  std::string reason;
};

/// Queues a dead or expired message once more. Fails as `storage::redrive_message` does,
/// and with `message_expired` where its parameters can no longer be decrypted.
struct redrive_sms {
  using reply = sms_accepted;
  message_id id = 0;
  operator_action action;
};

/// Takes a dead or expired message off the list. Fails as `storage::discard_message`
/// does.
struct discard_sms {
  using reply = done;
  message_id id = 0;
  operator_action action;
};

/// The state that an operator forces a circuit into.
enum class forced_state : std::uint8_t {
  none,         ///< It changes by itself.
  open,         ///< Nothing new is sent.
  closed,       ///< Everything is sent, whatever the error rate.
  metrics_only, ///< It changes and shows its state, but refuses nothing.
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

/// The message as a provider client needs it.
struct outgoing_sms {
  message_id id = 0;
  std::string client_ref; ///< The same for every try at every provider.
  std::string phone;      ///< E.164.
  std::string purpose;
  std::string template_name;
  message_parameters parameters;
  language lang = language::zh;
  wall_time expires_at{};
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

/// A sender that had refused takes messages again.
struct provider_admits {
  using reply = void;
  std::string provider;
  /// An operator has ended the provider's pause: its Retry-After no longer counts.
  bool lifted = false;
};

/// Another replica has put messages into the outbox, or has given some back: look for
/// what is due.
struct outbox_changed {
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
