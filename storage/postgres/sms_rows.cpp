#include "storage/postgres/sms_rows.hpp"

namespace tinybook::storage::postgres {

namespace {

constexpr auto select_message = R"sql(
SELECT id, idempotency_key, phone, country_prefix, region, client_address,
  purpose, template_name, sealed_parameters, key_id, code_id, parent_id, priority, created_at,
  run_at, expires_at, state, attempt, progress, lease_token, lease_until, client_ref,
  provider, provider_message_id, receipt, finalized_at, code_hash, code_key_id, code_asker
FROM sms_messages WHERE id = $1)sql";

constexpr auto end_pending = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = '', lease_until = 0, finalized_at = $1
WHERE phone = $2 AND purpose = $3 AND state < 2)sql";

} // namespace

sms_message read_message(row& r) {
  return {.id = r.number(),
          .idempotency_key = r.text(),
          .phone = r.text(),
          .country_prefix = r.text(),
          .region = r.text(),
          .client_address = r.text(),
          .purpose = r.text(),
          .template_name = r.text(),
          .sealed_parameters = r.bytes(),
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
          .code_hash = r.bytes(),
          .code_key_id = r.text(),
          .code_asker = r.text()};
}

result<std::optional<sms_message>> find_message_row(handle& db, message_id id) {
  return db.one(select_message, read_message, id);
}

result<done> end_pending_message(handle& db, const code_key& key, wall_time now) {
  return as_done(db.exec(end_pending, now, key.phone, key.purpose));
}

} // namespace tinybook::storage::postgres
