#pragma once

#include "actors/sms/sender_messages.hpp"
#include "storage/sms_archive.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tinybook {

/// A message is committed, so no crash loses it from then on.
struct sms_accepted {
  message_id id = 0;
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

/// Messages were put into the outbox, by this process or another replica, or some were
/// given back: look for what is due.
struct outbox_changed {
  using reply = void;
  std::int64_t added = 0; ///< Those that the teller has put there itself.
};

/// As many messages wait as may, or no longer: none must be added while they do.
struct outbox_full {
  using reply = void;
  bool full = false;
};

} // namespace tinybook
