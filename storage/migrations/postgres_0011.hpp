#pragma once

namespace tinybook::storage {

/// The audit trail, proofs of who asks, articles that are taken down, accounts that are
/// banned or leave.
inline constexpr auto postgres_0011 = R"sql(
CREATE TABLE audit_events (
  id bigint GENERATED ALWAYS AS IDENTITY (MAXVALUE 9007199254740991) PRIMARY KEY,
  at bigint NOT NULL,
  user_id bigint NOT NULL,
  kind text NOT NULL,
  made_by text NOT NULL,
  reason text NOT NULL,
  network text NOT NULL,
  device text NOT NULL,
  detail text NOT NULL
);
CREATE INDEX audit_events_by_time ON audit_events (at, id);
CREATE INDEX audit_events_by_user ON audit_events (user_id, at, id);
CREATE INDEX audit_events_by_kind ON audit_events (kind, at, id);

ALTER TABLE session_families ADD COLUMN proved_at bigint NOT NULL DEFAULT 0;

ALTER TABLE users ADD COLUMN banned_at bigint NOT NULL DEFAULT 0;
-- When an account whose deletion was asked for is erased; once that has begun, `erasing`.
ALTER TABLE users ADD COLUMN leaves_at bigint NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN erasing boolean NOT NULL DEFAULT false;
CREATE INDEX users_leaving ON users (leaves_at) WHERE leaves_at > 0;
-- What is left of an account.
CREATE TABLE erased_users (
  id bigint PRIMARY KEY,
  erased_at bigint NOT NULL
);

CREATE TABLE taken_down_articles (
  article_id bigint PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
  taken_down_at bigint NOT NULL
);
-- The public copies that nobody sees for now: taken down, or their author is banned or
-- leaves.
CREATE TABLE hidden_articles (
  id bigint PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
  author_id bigint NOT NULL REFERENCES users (id),
  title text NOT NULL,
  abstract text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  content text NOT NULL
);
CREATE INDEX hidden_articles_by_author ON hidden_articles (author_id);
CREATE INDEX likes_by_user ON likes (user_id, article_id);

-- What was sent to a person who leaves, or asks for their data.
ALTER TABLE sms_messages ADD COLUMN account_id bigint NOT NULL DEFAULT 0;
CREATE INDEX sms_messages_by_account ON sms_messages (account_id)
  WHERE account_id > 0;
CREATE INDEX sms_messages_by_phone ON sms_messages (phone, id);
)sql";

} // namespace tinybook::storage
