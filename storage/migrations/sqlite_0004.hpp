#pragma once

namespace tinybook::storage {

/// Reports that came before the outcome that they are about was written.
inline constexpr auto sqlite_0004 = R"sql(
CREATE TABLE sms_early_receipts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT NOT NULL,
  provider_message_id TEXT NOT NULL,
  client_ref TEXT NOT NULL,
  phone TEXT NOT NULL,
  domestic_phone TEXT NOT NULL,
  delivered INTEGER NOT NULL CHECK (delivered IN (0, 1)),
  provider_code TEXT NOT NULL,
  text TEXT NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sms_early_receipts_by_message
  ON sms_early_receipts (provider, provider_message_id, client_ref);
CREATE INDEX sms_early_receipts_by_time ON sms_early_receipts (received_at);
)sql";

} // namespace tinybook::storage
