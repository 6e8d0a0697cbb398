#pragma once

namespace tinybook::storage {

/// Reports that came before the outcome that they are about was written.
inline constexpr auto postgres_0004 = R"sql(
CREATE TABLE sms_early_receipts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider text NOT NULL,
  provider_message_id text NOT NULL,
  client_ref text NOT NULL,
  phone text NOT NULL,
  domestic_phone text NOT NULL,
  delivered boolean NOT NULL,
  provider_code text NOT NULL,
  text text NOT NULL,
  received_at bigint NOT NULL
);
CREATE INDEX sms_early_receipts_by_message
  ON sms_early_receipts (provider, provider_message_id, client_ref);
CREATE INDEX sms_early_receipts_by_time ON sms_early_receipts (received_at);
)sql";

} // namespace tinybook::storage
