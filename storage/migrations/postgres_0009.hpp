#pragma once

namespace tinybook::storage {

/// Which request has entered the code of a message, where its client may send it again.
inline constexpr auto postgres_0009 = R"sql(
ALTER TABLE sms_messages ADD COLUMN entered_by text NOT NULL DEFAULT '';
CREATE INDEX sms_messages_entered ON sms_messages (entered_by) WHERE entered_by <> '';
)sql";

} // namespace tinybook::storage
