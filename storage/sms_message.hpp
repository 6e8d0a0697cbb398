#pragma once

#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace tinybook::storage {

/// The life of an outbox row. The last three are terminal: such a row never changes
/// again, but for reports on it and the use of its code.
enum class message_state : std::uint8_t {
  ready = 0,     ///< Waits for `run_at` and a provider that admits it.
  leased = 1,    ///< A supervisor works on it until `lease_until`.
  delivered = 2, ///< A provider accepted it.
  expired = 3,   ///< Its code ran out, was used or superseded before anyone accepted it.
  dead = 4,      ///< Rejected for good, or out of tries where `max_total_tries` is set.
};

/// One SMS that was accepted and must end in exactly one terminal state.
struct sms_message {
  message_id id = 0;
  std::string idempotency_key; ///< Unique.
  std::string phone;           ///< E.164.
  std::string country_prefix;  ///< `+86`
  std::string region;          ///< `CN`; empty where the number is in none.
  std::string client_address;
  std::string purpose; ///< `login`, …
  std::string template_name;
  std::string sealed_parameters; ///< Encrypted; empty once erased.
  std::string key_id;            ///< Of the key that sealed them.
  code_id code = 0;
  message_id parent = 0; ///< The message that this one repeats; 0 = none.
  std::int32_t priority = 0;
  wall_time created_at{};
  wall_time run_at{};
  wall_time expires_at{};
  message_state state = message_state::ready;
  std::int32_t attempt = 0; ///< Tries so far; refusals by limiter or circuit are none.
  std::string progress; ///< The supervisor's notes (rounds, holds), opaque to the store.
  std::int64_t lease_token = 0; ///< Grows with each claim: the fence.
  wall_time lease_until{};
  std::string
      client_ref;       ///< The same at every provider and try, for their deduplication.
  std::string provider; ///< That accepted it.
  std::string provider_message_id;
  std::string receipt; ///< `delivered`, `failed`, or empty while none came.
  wall_time finalized_at{};
  // What verifies the code, for a cache that has lost it.
  std::string code_hash;   ///< Keyed, raw bytes; empty once the code was entered.
  std::string code_key_id; ///< Of the key that made it.
  std::string code_asker;  ///< Who asked for it, as in `live_code`.
  user_id account = 0;     ///< Whose account alone it is about; 0 = none.

  [[nodiscard]] const std::string& region_or_prefix() const {
    return region.empty() ? country_prefix : region;
  }
};

/// One try, as it stands in the attempts table. `code` and `text` are the provider's own.
struct sms_attempt {
  message_id message = 0;
  std::string provider;
  std::string outcome; ///< Its class: `delivered`, `throttled`, …
  std::string provider_code;
  std::string text;
  wall_time started_at{};
  std::chrono::milliseconds took{};
};

struct submitted_message {
  message_id id = 0;
};

} // namespace tinybook::storage
