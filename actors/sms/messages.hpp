#pragma once

#include "actors/sms/message_text.hpp"
#include "actors/sms/sender_messages.hpp"
#include "storage/code_state.hpp"
#include "storage/sms_archive.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct sms_accepted {
  message_id id = 0;
};

/// Stores a message and, with it, the state that verifies its code; answered after the
/// commit: from then on no crash loses it. Fails with `sms_pending`, `unavailable`,
/// `storage_full`.
struct submit_sms {
  using reply = sms_accepted;
  code_key key; ///< Phone and purpose.
  std::string country_prefix;
  std::string region; ///< Empty where the phone is in none.
  std::string client_address;
  std::string template_name;
  message_parameters parameters; ///< Sealed before they are stored.
  language lang = language::zh;
  code_id code = 0;
  wall_time expires_at{};
  std::optional<storage::keyed_code_state> code_state_to_store;
  // What verifies the code, for its row (`storage::sms_message`).
  std::string code_hash;
  std::string code_key_id;
  std::string code_asker;
  message_id parent = 0;      ///< The message that this one repeats (D8).
  std::string tried_provider; ///< Counts as tried in the first round.
};

struct receipts_taken {
  std::int64_t joined = 0;
  std::int64_t duplicate = 0;
  std::int64_t unknown = 0;
};

/// Reports of a provider that were checked for its signature or secret. Each is joined to
/// its message; a bad one counts as a failure of the provider and, while the code is
/// wanted, a new code goes out elsewhere. Answered when they are stored.
struct take_receipts {
  using reply = receipts_taken;
  std::string provider;
  std::vector<storage::receipt> receipts;
  /// The field of each report beside them that told nothing: counted, and logged once.
  std::vector<std::string> not_understood{};
};

/// Queues a message that ended dead or expired once more. Fails as
/// `storage::redrive_message` does, and with `message_expired` where its parameters do
/// not open any more.
struct redrive_sms {
  using reply = sms_accepted;
  message_id id = 0;
  operator_action action;
};

/// Takes a dead or expired message off the list. Fails as `storage::discard_message`.
struct discard_sms {
  using reply = done;
  message_id id = 0;
  operator_action action;
};

/// A sender that refused takes messages again.
struct provider_admits {
  using reply = void;
  std::string provider;
  bool lifted =
      false; ///< An operator has ended its pause: no Retry-After holds any more.
};

/// Another replica has put messages into the outbox, or given some back: look for what is
/// due.
struct outbox_changed {
  using reply = void;
};

} // namespace tinybook
