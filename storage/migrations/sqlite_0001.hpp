#pragma once

namespace tinybook::storage {

/// The first schema. Times are milliseconds since 1970 UTC, 0 = never; days count from
/// 1970-01-01. AUTOINCREMENT where an id must never come again after its row is gone.
inline constexpr auto sqlite_0001 = R"sql(
CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Accounts and sessions

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id < 9007199254740992),
  email TEXT UNIQUE,
  phone TEXT UNIQUE,
  password_hash TEXT NOT NULL DEFAULT '',
  nickname TEXT NOT NULL DEFAULT '',
  birthday TEXT NOT NULL DEFAULT '',
  about_me TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  CHECK (email IS NOT NULL OR phone IS NOT NULL)
) STRICT;

CREATE TABLE verified_phones (
  phone TEXT NOT NULL PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session_families (
  id TEXT NOT NULL PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  generation INTEGER NOT NULL,
  rotated_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_at INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX session_families_by_user ON session_families (user_id);
CREATE INDEX session_families_by_expiry ON session_families (expires_at);
CREATE INDEX session_families_revoked ON session_families (revoked_at)
  WHERE revoked_at > 0;

-- Articles: the author's copy, the public copy, and what the boards show of them.
-- Content stands last, so that lists need not step over it.

CREATE TABLE articles (
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id < 9007199254740992),
  author_id INTEGER NOT NULL REFERENCES users (id),
  title TEXT NOT NULL,
  abstract TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status IN (1, 2, 3)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX articles_by_author ON articles (author_id, updated_at, id);

CREATE TABLE published_articles (
  id INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
  author_id INTEGER NOT NULL REFERENCES users (id),
  title TEXT NOT NULL,
  abstract TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  content TEXT NOT NULL
) STRICT;
CREATE INDEX published_articles_by_author ON published_articles (author_id);

-- One row per article that was ever published, with the very values of the event that
-- made version `ver`. It outlives the article as a tombstone, so it refers to none.
CREATE TABLE article_stats (
  article_id INTEGER PRIMARY KEY,
  ver INTEGER NOT NULL,
  like_cnt INTEGER NOT NULL DEFAULT 0 CHECK (like_cnt >= 0),
  published INTEGER NOT NULL CHECK (published IN (0, 1)),
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  title TEXT NOT NULL,
  author_id INTEGER NOT NULL,
  author_name TEXT NOT NULL,
  read_cnt INTEGER NOT NULL DEFAULT 0,
  collect_cnt INTEGER NOT NULL DEFAULT 0 CHECK (collect_cnt >= 0)
) STRICT;
CREATE INDEX article_stats_top ON article_stats (like_cnt, article_id)
  WHERE published = 1 AND like_cnt > 0;

CREATE TABLE likes (
  article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id),
  day INTEGER NOT NULL,
  PRIMARY KEY (article_id, user_id)
) STRICT, WITHOUT ROWID;

-- Outlives the article, as article_stats does.
CREATE TABLE like_days (
  article_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  cnt INTEGER NOT NULL CHECK (cnt >= 0),
  ver INTEGER NOT NULL,
  PRIMARY KEY (article_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX like_days_by_day ON like_days (day, article_id, cnt);

CREATE TABLE collections (
  article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id),
  collection INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (article_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collections_by_user ON collections (user_id, collection);

-- The transactional outbox: committed with what it tells of, deleted once published.
CREATE TABLE article_events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stored_at INTEGER NOT NULL,
  biz TEXT NOT NULL,
  article_id INTEGER NOT NULL,
  ver INTEGER NOT NULL,
  cnt INTEGER NOT NULL,
  published INTEGER NOT NULL,
  title TEXT NOT NULL,
  author_id INTEGER NOT NULL,
  author_name TEXT NOT NULL,
  read_cnt INTEGER NOT NULL,
  day INTEGER NOT NULL,
  day_cnt INTEGER NOT NULL,
  day_ver INTEGER NOT NULL
) STRICT;

-- SMS: states are 0 ready, 1 leased, 2 delivered, 3 expired, 4 dead; from 2 on terminal

CREATE TABLE sms_messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id < 9007199254740992),
  idempotency_key TEXT UNIQUE,
  phone TEXT NOT NULL,
  country_prefix TEXT NOT NULL,
  client_address TEXT NOT NULL,
  purpose TEXT NOT NULL,
  template_name TEXT NOT NULL,
  sealed_parameters BLOB NOT NULL,
  key_id TEXT NOT NULL,
  code_id INTEGER NOT NULL,
  parent_id INTEGER NOT NULL DEFAULT 0,
  priority INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
  attempt INTEGER NOT NULL DEFAULT 0,
  progress TEXT NOT NULL,
  lease_token INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER NOT NULL DEFAULT 0,
  client_ref TEXT NOT NULL,
  provider TEXT NOT NULL DEFAULT '',
  provider_message_id TEXT NOT NULL DEFAULT '',
  receipt TEXT NOT NULL DEFAULT '',
  finalized_at INTEGER NOT NULL DEFAULT 0,
  -- What an operator did about it: 0 nothing yet, 1 redriven, 2 discarded
  handled INTEGER NOT NULL DEFAULT 0 CHECK (handled BETWEEN 0 AND 2),
  handled_by TEXT NOT NULL DEFAULT '',
  -- When its code was entered
  verified_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX sms_messages_pending ON sms_messages (phone, purpose)
  WHERE state < 2;
-- In the order of claims; covers what is counted and what expires, too.
CREATE INDEX sms_messages_ready
  ON sms_messages (priority, run_at, id, created_at, expires_at) WHERE state = 0;
CREATE INDEX sms_messages_leased ON sms_messages (lease_until) WHERE state = 1;
CREATE INDEX sms_messages_ended ON sms_messages (state, finalized_at) WHERE state >= 2;
CREATE INDEX sms_messages_dead_with_parameters ON sms_messages (expires_at)
  WHERE state = 4 AND sealed_parameters <> x'';
-- The list of what went wrong, newest first.
CREATE INDEX sms_messages_wrong ON sms_messages (id, handled) WHERE state >= 3;
-- Where the providers' reports belong.
CREATE INDEX sms_messages_by_provider ON sms_messages (provider, provider_message_id)
  WHERE provider_message_id <> '';
CREATE INDEX sms_messages_by_client_ref ON sms_messages (client_ref)
  WHERE client_ref <> '';
-- What the pumping guard counts, without a look at the rows.
CREATE INDEX sms_messages_delivered ON sms_messages
  (finalized_at, country_prefix, client_address, verified_at, receipt) WHERE state = 2;
CREATE INDEX sms_messages_unanswered ON sms_messages (phone, purpose)
  WHERE state = 2 AND verified_at = 0;

CREATE TABLE sms_attempts (
  id INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES sms_messages (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  outcome TEXT NOT NULL,
  provider_code TEXT NOT NULL,
  text TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  took_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sms_attempts_by_message ON sms_attempts (message_id);

CREATE TABLE sms_receipts (
  id INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES sms_messages (id) ON DELETE CASCADE,
  provider TEXT NOT NULL,
  provider_message_id TEXT NOT NULL,
  delivered INTEGER NOT NULL CHECK (delivered IN (0, 1)),
  provider_code TEXT NOT NULL,
  text TEXT NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sms_receipts_by_message ON sms_receipts (message_id);

CREATE TABLE code_states (
  phone TEXT NOT NULL,
  purpose TEXT NOT NULL,
  codes TEXT NOT NULL,
  others_used INTEGER NOT NULL,
  others_since INTEGER NOT NULL,
  last_sent INTEGER NOT NULL,
  matters_until INTEGER NOT NULL,
  PRIMARY KEY (phone, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX code_states_by_end ON code_states (matters_until);

CREATE TABLE provider_states (
  provider TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL,
  generation INTEGER NOT NULL,
  open_until INTEGER NOT NULL DEFAULT 0,
  forced TEXT NOT NULL DEFAULT '',
  forced_until INTEGER NOT NULL DEFAULT 0,
  forced_by TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE probe_leases (
  provider TEXT NOT NULL PRIMARY KEY,
  replica TEXT NOT NULL,
  lease_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

} // namespace tinybook::storage
