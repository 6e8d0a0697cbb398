#pragma once

namespace tinybook::storage {

/// Messages know what verifies their code, and their index finds those whose code was not
/// entered yet. States without anything in them are what an older version left behind
/// where the codes were in Redis.
inline constexpr auto sqlite_0005 = R"sql(
ALTER TABLE sms_messages ADD COLUMN code_hash BLOB NOT NULL DEFAULT x'';
ALTER TABLE sms_messages ADD COLUMN code_key_id TEXT NOT NULL DEFAULT '';
ALTER TABLE sms_messages ADD COLUMN code_asker TEXT NOT NULL DEFAULT '';
DROP INDEX sms_messages_unanswered;
CREATE INDEX sms_messages_unanswered ON sms_messages (phone, purpose, expires_at)
  WHERE verified_at = 0;
DELETE FROM code_states WHERE codes = '' AND others_used = 0 AND last_sent = 0;
)sql";

} // namespace tinybook::storage
