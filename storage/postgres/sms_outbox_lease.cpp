#include "storage/postgres/sms_outbox.hpp"
#include "storage/postgres/sms_rows.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace tinybook::storage::postgres {

namespace {

// Ready rows that are due, priority by priority: a seek for each, so that rows which wait
// for a later run_at cost nothing. All are ordered as the index is, which the planner
// takes then, whatever it thinks of a table that was empty a minute ago. Rows that
// another claim has in its hands are passed over. The limit stops the walk, so no row is
// locked that is not leased.
constexpr auto claim = R"sql(
WITH RECURSIVE priorities (p) AS (
  (SELECT priority FROM sms_messages WHERE state = 0
   ORDER BY priority, run_at, id LIMIT 1)
  UNION ALL
  SELECT (SELECT priority FROM sms_messages WHERE state = 0 AND priority > p
    ORDER BY priority, run_at, id LIMIT 1)
  FROM priorities WHERE p IS NOT NULL),
due AS MATERIALIZED (
  SELECT ready.id FROM priorities CROSS JOIN LATERAL (
    SELECT id FROM sms_messages
    WHERE state = 0 AND priority = priorities.p AND run_at <= $1
    ORDER BY priority, run_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) AS ready
  LIMIT $3)
UPDATE sms_messages
SET state = 1, lease_token = lease_token + 1, lease_until = $2
WHERE id = ANY (ARRAY (SELECT id FROM due))
RETURNING id, idempotency_key, phone, country_prefix, region, client_address,
  purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, state, attempt, progress, lease_token, lease_until, client_ref,
  provider, provider_message_id, receipt, finalized_at, code_hash, code_key_id,
  code_asker)sql";

constexpr auto prolong_lease = R"sql(
UPDATE sms_messages SET lease_until = $1 WHERE id = $2 AND state = 1 AND lease_token = $3
)sql";

// Success looks at no token: what a provider accepted stays accepted. In each of the four
// the attempt is written where the row changed.
constexpr auto end_delivered = R"sql(
WITH changed AS (
  UPDATE sms_messages
  SET state = 2, attempt = $9, progress = $10, provider = $11, provider_message_id = $12,
    sealed_parameters = '', lease_until = 0, finalized_at = $13
  WHERE id = $8 AND state < 2 RETURNING id),
tried AS (
  INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text,
    started_at, took_ms)
  SELECT id, $2, $3, $4, $5, $6::bigint, $7::bigint FROM changed WHERE $1::boolean)
SELECT id FROM changed)sql";

constexpr auto end_otherwise = R"sql(
WITH changed AS (
  UPDATE sms_messages
  SET state = $15::smallint, attempt = $9, progress = $10, provider = $11, provider_message_id = $12,
    sealed_parameters = CASE WHEN $15::smallint = 4 AND expires_at > $13 THEN sealed_parameters
      ELSE '' END,
    lease_until = 0, finalized_at = $13
  WHERE id = $8 AND state = 1 AND lease_token = $14 RETURNING id),
tried AS (
  INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text,
    started_at, took_ms)
  SELECT id, $2, $3, $4, $5, $6::bigint, $7::bigint FROM changed WHERE $1::boolean)
SELECT id FROM changed)sql";

constexpr auto give_back = R"sql(
WITH changed AS (
  UPDATE sms_messages
  SET state = 0, run_at = $12, attempt = $9, progress = $10, lease_until = 0
  WHERE id = $8 AND state = 1 AND lease_token = $11 RETURNING id),
tried AS (
  INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text,
    started_at, took_ms)
  SELECT id, $2, $3, $4, $5, $6::bigint, $7::bigint FROM changed WHERE $1::boolean)
SELECT id FROM changed)sql";

constexpr auto note_progress = R"sql(
WITH changed AS (
  UPDATE sms_messages SET attempt = $9, progress = $10
  WHERE id = $8 AND state = 1 AND lease_token = $11 RETURNING id),
tried AS (
  INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text,
    started_at, took_ms)
  SELECT id, $2, $3, $4, $5, $6::bigint, $7::bigint FROM changed WHERE $1::boolean)
SELECT id FROM changed)sql";

constexpr auto reclaim = R"sql(
UPDATE sms_messages SET state = 0, lease_until = 0
WHERE id = ANY (ARRAY (
  SELECT id FROM sms_messages WHERE state = 1 AND lease_until <= $1
  FOR NO KEY UPDATE SKIP LOCKED)))sql";

constexpr auto reclaim_all =
    "UPDATE sms_messages SET state = 0, lease_until = 0 WHERE state = 1";

/// Runs a statement whose first eight parameters are an attempt, if there is one, and the
/// row that it belongs to.
template <class... Args>
result<lease_kept> change(handle& db, const char* sql, const sms_attempt* attempt,
                          message_id id, const Args&... args) {
  const sms_attempt none;
  const auto& a = attempt != nullptr ? *attempt : none;
  auto changed = db.exec(sql, attempt != nullptr, a.provider, a.outcome, a.provider_code,
                         a.text, a.started_at, a.took, id, args...);
  if (!changed)
    return changed.error();
  return lease_kept{*changed > 0};
}

const sms_attempt* pointer_to(const std::optional<sms_attempt>& attempt) {
  return attempt ? &*attempt : nullptr;
}

result<changed_count> made_ready(handle& db, const result<std::int64_t>& changed) {
  if (!changed)
    return changed.error();
  if (*changed > 0)
    db.note_outbox_changed();
  return changed_count{*changed};
}

} // namespace

result<message_list> postgres_sms_outbox::run(const claim_messages& command) {
  if (command.limit < 1)
    return message_list{};
  auto claimed = db_.all(claim, read_message, command.now, command.now + command.lease,
                         command.limit);
  if (!claimed)
    return claimed.error();
  std::sort(claimed->begin(), claimed->end(), [](const auto& a, const auto& b) {
    return std::tie(a.priority, a.run_at, a.id) < std::tie(b.priority, b.run_at, b.id);
  });
  return message_list{std::move(*claimed)};
}

result<lease_kept> postgres_sms_outbox::run(const extend_lease& command) {
  auto kept =
      db_.exec(prolong_lease, command.now + command.lease, command.id, command.token);
  if (!kept)
    return kept.error();
  return lease_kept{*kept > 0};
}

result<lease_kept> postgres_sms_outbox::run(const finish_message& command) {
  const auto& c = command;
  if (c.state == message_state::ready || c.state == message_state::leased)
    return errc::wrong_state;
  if (c.state == message_state::delivered)
    return change(db_, end_delivered, pointer_to(c.attempt), c.id, c.tries, c.progress,
                  c.provider, c.provider_message_id, c.now);
  return change(db_, end_otherwise, pointer_to(c.attempt), c.id, c.tries, c.progress,
                c.provider, c.provider_message_id, c.now, c.token, c.state);
}

result<lease_kept> postgres_sms_outbox::run(const reschedule_message& command) {
  const auto& c = command;
  auto kept = change(db_, give_back, pointer_to(c.attempt), c.id, c.tries, c.progress,
                     c.token, c.run_at);
  if (kept && kept->kept)
    db_.note_outbox_changed();
  return kept;
}

result<lease_kept> postgres_sms_outbox::run(const record_attempt& command) {
  return change(db_, note_progress, &command.attempt, command.id, command.tries,
                command.progress, command.token);
}

result<changed_count> postgres_sms_outbox::run(const reclaim_leases& command) {
  return made_ready(db_,
                    command.all ? db_.exec(reclaim_all) : db_.exec(reclaim, command.now));
}

} // namespace tinybook::storage::postgres
