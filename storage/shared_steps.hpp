#pragma once

#include "storage/audit_event.hpp"
#include "storage/code_state.hpp"
#include "storage/event_store.hpp"
#include "storage/joined_sql.hpp"
#include "storage/like_event.hpp"
#include "storage/result.hpp"
#include "storage/session_store.hpp"
#include "storage/sms_message.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What one store does within the transaction of another, and the rows that several read.
/// Each stands in the store that owns its tables.
namespace tinybook::storage {

class row;

// all stores -> audit_store
/// Writes an entry of the trail with the present transaction.
result<done> record(handle& db, audit_event event);

// user_store -> article_store
/// Gives each published article of `author` the new name, a version and an event.
result<done> rename_author(handle& db, user_id author, std::string_view name,
                           wall_time now);
/// Writes the event that describes the present state of `id`, with the counts of `day` (0
/// = of no day).
result<done> write_event(handle& db, article_id id, std::int32_t day, wall_time now);
/// Reads an event whose columns stand in the order of the struct.
[[nodiscard]] article_event read_event(row& r);

// the dialects -> event_store
/// Reads an event of the outbox, its id and time before it.
[[nodiscard]] stored_event read_stored(row& r);

// user_store -> session_store
/// Revokes what is not revoked yet of the families of `user`, and returns them.
result<family_list> revoke_families_of(handle& db, user_id user, wall_time now);

// account_store -> session_store
/// What `create_family` does.
result<opened_family> open_family(handle& db, const create_family& command);

// user_store, account_store -> session_store
/// Fails with `step_up_required`, which names what `user` can prove themselves by;
/// `token_revoked` where the session has ended.
result<done> check_proof(handle& db, user_id user, const step_up_proof& proof);

// user_store, session_store -> code_store
/// Consumes the codes of `use`, if given, after the caller has written its own rows.
/// Fails with `wrong_code` where they can no longer be used.
result<done> use_code(handle& db, const std::optional<code_use>& use);
/// Writes the row of one phone and purpose.
result<done> write_code_state(handle& db, const keyed_code_state& state);

// sms_outbox -> code_store
/// The states of the codes of the messages whose leases run out at `lease_until`.
result<std::vector<keyed_code_state>> code_states_of_leases(handle& db,
                                                            wall_time lease_until);

// user_store, code_store -> phone_store
/// Remembers that a code of `phone` was entered.
result<done> note_phone_verified(handle& db, const std::string& phone, wall_time now);

// user_store, own_data
/// Of messages to the phone of the user $1: those since it is theirs. A code that made
/// the account is a moment older, but was entered then.
inline constexpr sql_part of_present_owner = R"sql(
(created_at >= (SELECT u.created_at FROM users u WHERE u.id = $1)
  OR verified_at >= (SELECT u.created_at FROM users u WHERE u.id = $1) - 60000)
AND created_at >= coalesce((SELECT max(at) FROM audit_events
  WHERE user_id = $1 AND kind = 'phone_bound'), 0))sql";

// user_store -> sms_outbox
/// Puts a message that carries no code into the outbox, unless one of its purpose waits
/// for that phone already.
result<done> store_notice(handle& db, const sms_message& message);

// code_store, sms_archive -> sms_outbox
/// Ends the message of `key` that is not terminal, if there is one, as expired.
result<done> end_pending_message(handle& db, const code_key& key, wall_time now);

struct stored_row {
  message_id id = 0;
  bool is_new = true; ///< False: its idempotency key named this row before.
};
/// Makes a new, ready row of `message` as `submit_message` says.
result<stored_row> store_message_row(handle& db, const sms_message& message);

result<std::optional<sms_message>> find_message_row(handle& db, message_id id);
/// The columns that `read_message` reads, in the order of the struct.
inline constexpr sql_part message_columns =
    R"sql(id, idempotency_key, phone, country_prefix, region, client_address,
  purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, state, attempt, progress, lease_token, lease_until, client_ref,
  provider, provider_message_id, receipt, finalized_at, code_hash, code_key_id, code_asker, account_id)sql";
[[nodiscard]] sms_message read_message(row& r);

} // namespace tinybook::storage
