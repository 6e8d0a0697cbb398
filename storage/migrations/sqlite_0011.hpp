#pragma once

namespace tinybook::storage {

/// The audit trail, proofs of who asks, articles that are taken down, accounts that are
/// banned or leave.
inline constexpr auto sqlite_0011 = R"sql(
CREATE TABLE audit_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  made_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  network TEXT NOT NULL,
  device TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_events_by_time ON audit_events (at, id);
CREATE INDEX audit_events_by_user ON audit_events (user_id, at, id);
CREATE INDEX audit_events_by_kind ON audit_events (kind, at, id);

ALTER TABLE session_families ADD COLUMN proved_at INTEGER NOT NULL DEFAULT 0;

ALTER TABLE users ADD COLUMN banned_at INTEGER NOT NULL DEFAULT 0;
-- When an account whose deletion was asked for is erased; once that has begun, `erasing`.
ALTER TABLE users ADD COLUMN leaves_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN erasing INTEGER NOT NULL DEFAULT 0;
CREATE INDEX users_leaving ON users (leaves_at) WHERE leaves_at > 0;
-- What is left of an account.
CREATE TABLE erased_users (
  id INTEGER PRIMARY KEY,
  erased_at INTEGER NOT NULL
) STRICT;

CREATE TABLE taken_down_articles (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
  taken_down_at INTEGER NOT NULL
) STRICT;
-- The public copies that nobody sees for now: taken down, or their author is banned or
-- leaves.
CREATE TABLE hidden_articles (
  id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
  author_id INTEGER NOT NULL REFERENCES users (id),
  title TEXT NOT NULL,
  abstract TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX hidden_articles_by_author ON hidden_articles (author_id);
CREATE INDEX likes_by_user ON likes (user_id, article_id);

-- What was sent to a person who leaves, or asks for their data.
ALTER TABLE sms_messages ADD COLUMN account_id INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sms_messages_by_account ON sms_messages (account_id)
  WHERE account_id > 0;
CREATE INDEX sms_messages_by_phone ON sms_messages (phone, id);
)sql";

} // namespace tinybook::storage
