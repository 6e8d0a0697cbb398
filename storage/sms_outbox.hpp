#pragma once

#include "storage/code_store.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  std::string sealed_parameters; ///< Encrypted; empty once erased (D10).
  std::string key_id;            ///< Of the key that sealed them.
  code_id code = 0;
  message_id parent = 0; ///< The message that this one repeats (D8); 0 = none.
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

  [[nodiscard]] const std::string& region_or_prefix() const {
    return region.empty() ? country_prefix : region;
  }
};

/// One try, as it stands in the attempts table. `code` and `text` are the provider's own.
struct sms_attempt {
  message_id message = 0;
  std::string provider;
  std::string outcome; ///< The class of PROVIDERS: `delivered`, `throttled`, …
  std::string provider_code;
  std::string text;
  wall_time started_at{};
  std::chrono::milliseconds took{};
};

struct submitted_message {
  message_id id = 0;
};

/// Stores the row and, where the code cache is local, the code state that verifies it, in
/// one transaction: what was answered with success survives kill -9 as a whole. Fails
/// with `sms_pending` while another row of the phone and purpose is not terminal; a ready
/// one that ran out before this one was made does not count and ends as expired.
/// The same idempotency key again is the same message: its id is returned and nothing is
/// written; for another phone or purpose that is `wrong_state`. The empty key is unlike
/// all others.
struct submit_message {
  using reply = submitted_message;
  static constexpr bool writes = true;
  sms_message message;
  std::optional<keyed_code_state> code;
};
result<submitted_message> run(handle& db, const submit_message& command);

struct message_list {
  std::vector<sms_message> messages;
};

/// Leases at most `limit` ready rows whose `run_at` has come, by priority (lowest first),
/// then `run_at`, then id: each gets a new lease token and runs out at `now + lease`.
struct claim_messages {
  using reply = message_list;
  static constexpr bool writes = true;
  wall_time now{};
  std::chrono::milliseconds lease{};
  std::int64_t limit = 20;
};
result<message_list> run(handle& db, const claim_messages& command);

struct lease_kept {
  bool kept =
      false; ///< False: the row is terminal or leased by another; stop working on it.
};

/// The heartbeat of a lease: it runs out at `now + lease`.
struct extend_lease {
  using reply = lease_kept;
  static constexpr bool writes = true;
  message_id id = 0;
  std::int64_t token = 0;
  wall_time now{};
  std::chrono::milliseconds lease{};
};
result<lease_kept> run(handle& db, const extend_lease& command);

/// Ends a row. `delivered` is monotone and looks at no token, only that the row is not
/// terminal: a provider's acceptance is never lost (DESIGN, step 4). Every other end is
/// fenced by the token. `kept` tells whether the row changed; where it did not, the
/// attempt is not written either. Erases the parameters (D10), but those of a dead row
/// only once its code has expired: it can be redriven until then. Fails with
/// `wrong_state` where `state` is no end.
struct finish_message {
  using reply = lease_kept;
  static constexpr bool writes = true;
  message_id id = 0;
  std::int64_t token = 0;
  message_state state = message_state::delivered;
  std::int32_t tries = 0; ///< Becomes the row's `attempt`.
  std::string progress;
  std::string provider;
  std::string provider_message_id;
  std::optional<sms_attempt> attempt;
  wall_time now{};
};
result<lease_kept> run(handle& db, const finish_message& command);

/// Gives a leased row back as ready at `run_at`; fenced.
struct reschedule_message {
  using reply = lease_kept;
  static constexpr bool writes = true;
  message_id id = 0;
  std::int64_t token = 0;
  wall_time run_at{};
  std::int32_t tries = 0; ///< Becomes the row's `attempt`.
  std::string progress;
  std::optional<sms_attempt> attempt;
  wall_time now{};
};
result<lease_kept> run(handle& db, const reschedule_message& command);

/// Notes a failed try and its progress while the row stays leased (the next provider is
/// tried at once); fenced.
struct record_attempt {
  using reply = lease_kept;
  static constexpr bool writes = true;
  message_id id = 0;
  std::int64_t token = 0;
  std::int32_t tries = 0; ///< Becomes the row's `attempt`.
  std::string progress;
  sms_attempt attempt;
};
result<lease_kept> run(handle& db, const record_attempt& command);

struct changed_count {
  std::int64_t rows = 0;
};

/// Leased rows whose lease ran out (`lease_until` at or before `now`) become ready again.
/// With `all`, every leased row: only at start, by a process that holds the database
/// alone.
struct reclaim_leases {
  using reply = changed_count;
  static constexpr bool writes = true;
  wall_time now{};
  bool all = false;
};
result<changed_count> run(handle& db, const reclaim_leases& command);

/// Ready rows at or past their `expires_at` end as expired, parameters erased: at most
/// `limit`, and these are counted. Erases the parameters of as many dead rows whose code
/// has expired, too.
struct expire_messages {
  using reply = changed_count;
  static constexpr bool writes = true;
  wall_time now{};
  std::int64_t limit = 500;
};
result<changed_count> run(handle& db, const expire_messages& command);

struct outbox_depth {
  std::int64_t ready = 0;
  std::int64_t leased = 0;
  std::int64_t delivered = 0;
  std::int64_t expired = 0;
  std::int64_t dead = 0;
  wall_time oldest_ready{}; ///< `created_at` of the oldest ready row; the epoch = none.
  wall_time next_run_at{};  ///< The earliest `run_at` of a ready row; the epoch = none.
};

struct count_messages {
  using reply = outbox_depth;
  static constexpr bool writes = false;
};
result<outbox_depth> run(handle& db, const count_messages& command);

/// Deletes at most `limit` terminal rows (and their attempts) finalized before `before`.
struct remove_history {
  using reply = changed_count;
  static constexpr bool writes = true;
  wall_time before{};
  std::int64_t limit = 500;
};
result<changed_count> run(handle& db, const remove_history& command);

using outbox_commands =
    commands<count_messages, submit_message, claim_messages, extend_lease, finish_message,
             reschedule_message, record_attempt, reclaim_leases, expire_messages,
             remove_history>;

} // namespace tinybook::storage
