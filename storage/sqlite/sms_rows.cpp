#include "storage/sqlite/sms_rows.hpp"

namespace tinybook::storage::sqlite {

namespace {

constexpr auto select_message = R"sql(
SELECT id, idempotency_key, phone, country_prefix, region, client_address,
  purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, state, attempt, progress, lease_token, lease_until, client_ref,
  provider, provider_message_id, receipt, finalized_at, code_hash, code_key_id, code_asker
FROM sms_messages WHERE id = ?)sql";

constexpr auto select_due = R"sql(
SELECT id, idempotency_key, phone, country_prefix, region, client_address,
  purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, state, attempt, progress, lease_token, lease_until, client_ref,
  provider, provider_message_id, receipt, finalized_at, code_hash, code_key_id, code_asker
FROM sms_messages INDEXED BY sms_messages_ready
WHERE state = 0 AND priority = ? AND run_at <= ?
ORDER BY run_at, id LIMIT ?)sql";

constexpr auto insert_attempt_row = R"sql(
INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text, started_at,
  took_ms)
VALUES (?, ?, ?, ?, ?, ?, ?))sql";

constexpr auto end_pending = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = x'', lease_until = 0, finalized_at = ?
WHERE phone = ? AND purpose = ? AND state < 2)sql";

sms_message read_message(row& r) {
  return {.id = r.number(),
          .idempotency_key = r.text(),
          .phone = r.text(),
          .country_prefix = r.text(),
          .region = r.text(),
          .client_address = r.text(),
          .purpose = r.text(),
          .template_name = r.text(),
          .sealed_parameters = r.text(),
          .key_id = r.text(),
          .code = r.number(),
          .parent = r.number(),
          .priority = r.number<std::int32_t>(),
          .created_at = r.time(),
          .run_at = r.time(),
          .expires_at = r.time(),
          .state = r.number<message_state>(),
          .attempt = r.number<std::int32_t>(),
          .progress = r.text(),
          .lease_token = r.number(),
          .lease_until = r.time(),
          .client_ref = r.text(),
          .provider = r.text(),
          .provider_message_id = r.text(),
          .receipt = r.text(),
          .finalized_at = r.time(),
          .code_hash = r.text(),
          .code_key_id = r.text(),
          .code_asker = r.text()};
}

} // namespace

result<std::optional<sms_message>> find_message_row(handle& db, message_id id) {
  return db.one(select_message, read_message, id);
}

result<std::vector<sms_message>> due_message_rows(handle& db, std::int32_t priority,
                                                  wall_time now, std::int64_t limit) {
  return db.all(select_due, read_message, priority, now, limit);
}

result<done> insert_attempt(handle& db, message_id id, const sms_attempt& attempt) {
  auto added =
      db.exec(insert_attempt_row, id, attempt.provider, attempt.outcome,
              attempt.provider_code, attempt.text, attempt.started_at, attempt.took);
  if (!added)
    return added.error();
  return done{};
}

result<done> end_pending_message(handle& db, const code_key& key, wall_time now) {
  if (auto ended = db.exec(end_pending, now, key.phone, key.purpose); !ended)
    return ended.error();
  return done{};
}

} // namespace tinybook::storage::sqlite
