#pragma once

#include "actors/sms/sealed_parameters.hpp"
#include "actors/sms/sender_messages.hpp"
#include "actors/system/actor_for.hpp"
#include "storage/code_state.hpp"
#include "storage/sms_archive.hpp"
#include "storage/sms_message.hpp"
#include "storage/sms_outbox.hpp"
#include "storage/support/keyring.hpp"
#include "storage/support/random.hpp"
#include "storage/types.hpp"

#include <optional>
#include <string>

namespace tinybook {

/// A message that is to be sent.
struct new_message {
  storage::sms_message row;   ///< Without what `submission_of` gives it: ids and times.
  message_content content;    ///< Sealed before it is stored.
  std::string tried_provider; ///< Counts as tried in the first round.
  /// Committed with the message where the code cache does not store it itself.
  std::optional<storage::keyed_code_state> code_state_to_store;
};

/// All that who makes messages needs of the outbox.
struct submission_commands : storage::commands<storage::submit_message> {};
using submission_store_actor = store_interface<submission_commands>;

/// The command that commits the message and the state of its code as one.
[[nodiscard]] storage::submit_message submission_of(new_message message,
                                                    const keyring& keys,
                                                    random_source& random, wall_time now);

/// The command that queues `old`, which has ended, once more as a new row. Its parameters
/// open only in a row with its own client reference: they are sealed anew.
[[nodiscard]] storage::redrive_message redrive_of(const storage::sms_message& old,
                                                  const operator_action& action,
                                                  const keyring& keys,
                                                  random_source& random, wall_time now);

} // namespace tinybook
