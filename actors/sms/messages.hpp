#pragma once

#include "actors/sms/message_text.hpp"
#include "actors/sms/outcome.hpp"
#include "storage/code_store.hpp"
#include "storage/types.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

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
  std::string client_address;
  std::string template_name;
  message_parameters parameters; ///< Sealed before they are stored.
  language lang = language::zh;
  code_id code = 0;
  wall_time expires_at{};
  std::optional<storage::keyed_code_state> code_state_to_store;
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

struct provider_slots {
  std::int64_t granted = 0; ///< 0 … `wanted`; each is used by a `send_sms` or given back.
  wall_time next_at{};      ///< With nothing granted: when it is worth asking again.
};

/// Asks a sender how many messages it takes now, as its limiter, its free connections and
/// (from the next release) its circuit allow. A refusal costs no attempt.
struct reserve_slots {
  using reply = provider_slots;
  std::int64_t wanted = 1;
};

/// Gives back what was reserved and is not needed.
struct release_slots {
  using reply = void;
  std::int64_t count = 1;
};

/// Hands one message to the provider, on a slot that was reserved. Always answered with
/// an outcome; a provider's failure is no error of the actor.
struct send_sms {
  using reply = send_outcome;
  outgoing_sms message;
};

} // namespace tinybook

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::sms_accepted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::submit_sms)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::provider_slots)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::reserve_slots)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::release_slots)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::send_outcome)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::send_sms)
