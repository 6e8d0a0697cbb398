#pragma once

#include "storage/code_state.hpp"
#include "storage/result.hpp"
#include "storage/sms_message.hpp"
#include "storage/support/kill_point.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tinybook::storage {

/// Stores the row and, where the code cache is local, the code state that verifies it, in
/// one transaction: what was answered with success survives kill -9 as a whole. Fails
/// with `sms_pending` while another row of the phone and purpose is not terminal; a ready
/// one that ran out before this one was made does not count and ends as expired. The same
/// idempotency key again is the same message: its id is returned and nothing is written;
/// for another phone or purpose that is `wrong_state`. An empty key equals no other.
struct submit_message {
  using reply = submitted_message;
  static constexpr bool writes = true;
  static constexpr commit_kill_points kill_points{"before_commit", "after_commit"};
  sms_message message;
  std::optional<keyed_code_state> code;
};
result<submitted_message> run(handle& db, const submit_message& command);

struct message_list {
  std::vector<sms_message> messages;
  std::vector<keyed_code_state> codes{}; ///< As `claim_messages` says.
};

/// Leases at most `limit` ready rows whose `run_at` has come, by priority (lowest first),
/// then `run_at`, then id: each gets a new lease token and runs out at `now + lease`.
/// With `with_codes` the stored states of their codes are read in the same transaction,
/// so that nobody has to be asked whether a code is still wanted.
struct claim_messages {
  using reply = message_list;
  static constexpr bool writes = true;
  wall_time now{};
  std::chrono::milliseconds lease{};
  std::int64_t limit = 0;
  bool with_codes = false;
};
result<message_list> run(handle& db, const claim_messages& command);

struct lease_kept {
  /// False: the row is terminal or leased by another; stop working on it.
  bool kept = false;
};

struct held_lease {
  message_id id = 0;
  std::int64_t token = 0;
};

/// The heartbeat of leases: they run out at `now + lease`. The answers stand as `leases`
/// do; see `write_outcomes` for the rest.
struct extend_leases {
  using reply = std::vector<lease_kept>;
  static constexpr bool writes = true;
  std::vector<held_lease> leases;
  wall_time now{};
  std::chrono::milliseconds lease{};
};
result<std::vector<lease_kept>> run(handle& db, const extend_leases& command);

/// An outcome. Ends a row. `delivered` needs no token, only that the row is not terminal:
/// a provider's acceptance is never lost. Every other end is fenced by the token. `kept`
/// tells whether the row changed; where it did not, the attempt is not written either.
/// Erases the parameters, except those of a dead row whose code has not expired: it can
/// be redriven until then. Fails with `wrong_state` where `state` is not terminal.
struct finish_message {
  using reply = lease_kept;
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

/// An outcome. Gives a leased row back as ready at `run_at`; fenced.
struct reschedule_message {
  using reply = lease_kept;
  message_id id = 0;
  std::int64_t token = 0;
  wall_time run_at{};
  std::int32_t tries = 0; ///< Becomes the row's `attempt`.
  std::string progress;
  std::optional<sms_attempt> attempt;
  wall_time now{};
};
result<lease_kept> run(handle& db, const reschedule_message& command);

/// An outcome. Notes a failed try and its progress while the row stays leased (the next
/// provider is tried at once); fenced.
struct record_attempt {
  using reply = lease_kept;
  message_id id = 0;
  std::int64_t token = 0;
  std::int32_t tries = 0; ///< Becomes the row's `attempt`.
  std::string progress;
  sms_attempt attempt;
};
result<lease_kept> run(handle& db, const record_attempt& command);

using message_outcome = std::variant<finish_message, reschedule_message, record_attempt>;

/// Writes the outcomes of many rows in one transaction: all of them, or none where one
/// fails. The answers stand as `outcomes` do; a row whose lease is lost fails nothing.
/// Rows change, and are locked, in the order of their ids, so that replicas which write
/// the same ones cannot deadlock; those of one id in the order in which they stand.
struct write_outcomes {
  using reply = std::vector<lease_kept>;
  static constexpr bool writes = true;
  std::vector<message_outcome> outcomes;
};
result<std::vector<lease_kept>> run(handle& db, const write_outcomes& command);

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

struct outbox_commands
    : commands<count_messages, submit_message, claim_messages, extend_leases,
               write_outcomes, reclaim_leases, expire_messages, remove_history> {};

} // namespace tinybook::storage
