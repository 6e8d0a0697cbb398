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

} // namespace tinybook
