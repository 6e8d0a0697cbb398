#pragma once

namespace tinybook::storage {

/// Messages know the region of their phone. Those from before have none and are counted
/// by their country prefix.
inline constexpr auto sqlite_0002 = R"sql(
ALTER TABLE sms_messages ADD COLUMN region TEXT NOT NULL DEFAULT '';
DROP INDEX sms_messages_delivered;
-- What the pumping guard counts. With the state, else SQLite looks at the rows for it.
CREATE INDEX sms_messages_delivered ON sms_messages
  (finalized_at, region, country_prefix, client_address, verified_at, receipt, state)
  WHERE state = 2;
)sql";

} // namespace tinybook::storage
