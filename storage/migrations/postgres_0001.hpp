#pragma once

namespace tinybook::storage {

/// The first schema, table by table that of SQLite. Times are milliseconds since 1970
/// UTC, 0 = never; days count from 1970-01-01. Ids stay below 2^53. Tables whose rows
/// change often keep room for the next version of a row on its page and are cleaned
/// early.
inline constexpr auto postgres_0001 = R"sql(
-- Accounts and sessions

CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY (MAXVALUE 9007199254740991) PRIMARY KEY,
  email text UNIQUE,
  phone text UNIQUE,
  password_hash text NOT NULL DEFAULT '',
  nickname text NOT NULL DEFAULT '',
  birthday text NOT NULL DEFAULT '',
  about_me text NOT NULL DEFAULT '',
  created_at bigint NOT NULL,
  CHECK (email IS NOT NULL OR phone IS NOT NULL)
);

CREATE TABLE verified_phones (
  phone text PRIMARY KEY,
  first_at bigint NOT NULL,
  last_at bigint NOT NULL
);

CREATE TABLE session_families (
  id text PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users (id),
  generation bigint NOT NULL,
  rotated_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  revoked_at bigint NOT NULL DEFAULT 0
);
CREATE INDEX session_families_by_user ON session_families (user_id);
CREATE INDEX session_families_by_expiry ON session_families (expires_at);
CREATE INDEX session_families_revoked ON session_families (revoked_at)
  WHERE revoked_at > 0;

-- Articles: the author's copy, the public copy, and what the boards show of them

CREATE TABLE articles (
  id bigint GENERATED ALWAYS AS IDENTITY (MAXVALUE 9007199254740991) PRIMARY KEY,
  author_id bigint NOT NULL REFERENCES users (id),
  title text NOT NULL,
  abstract text NOT NULL,
  status smallint NOT NULL CHECK (status IN (1, 2, 3)),
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  content text NOT NULL
);
CREATE INDEX articles_by_author ON articles (author_id, updated_at, id);

CREATE TABLE published_articles (
  id bigint PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
  author_id bigint NOT NULL REFERENCES users (id),
  title text NOT NULL,
  abstract text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  content text NOT NULL
);
CREATE INDEX published_articles_by_author ON published_articles (author_id);

-- One row per article that was ever published, with the very values of the event that
-- made version ver. It outlives the article as a tombstone, so it refers to none.
CREATE TABLE article_stats (
  article_id bigint PRIMARY KEY,
  ver bigint NOT NULL,
  like_cnt bigint NOT NULL DEFAULT 0 CHECK (like_cnt >= 0),
  published boolean NOT NULL,
  deleted boolean NOT NULL DEFAULT false,
  title text NOT NULL,
  author_id bigint NOT NULL,
  author_name text NOT NULL,
  read_cnt bigint NOT NULL DEFAULT 0,
  collect_cnt bigint NOT NULL DEFAULT 0 CHECK (collect_cnt >= 0)
) WITH (fillfactor = 80);
CREATE INDEX article_stats_top ON article_stats (like_cnt, article_id)
  WHERE published AND like_cnt > 0;

CREATE TABLE likes (
  article_id bigint NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  user_id bigint NOT NULL REFERENCES users (id),
  day integer NOT NULL,
  PRIMARY KEY (article_id, user_id)
);

-- Outlives the article, as article_stats does.
CREATE TABLE like_days (
  article_id bigint NOT NULL,
  day integer NOT NULL,
  cnt bigint NOT NULL CHECK (cnt >= 0),
  ver bigint NOT NULL,
  PRIMARY KEY (article_id, day)
) WITH (fillfactor = 80);
CREATE INDEX like_days_by_day ON like_days (day, article_id) INCLUDE (cnt);

CREATE TABLE collections (
  article_id bigint NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  user_id bigint NOT NULL REFERENCES users (id),
  collection bigint NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (article_id, user_id)
);
CREATE INDEX collections_by_user ON collections (user_id, collection);

-- The transactional outbox: committed with what it tells of, deleted once published.
-- origin is the replica that wrote the row (set on each of its connections).
CREATE TABLE article_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stored_at bigint NOT NULL,
  origin text DEFAULT current_setting('tinybook.replica', true),
  biz text NOT NULL,
  article_id bigint NOT NULL,
  ver bigint NOT NULL,
  cnt bigint NOT NULL,
  published boolean NOT NULL,
  title text NOT NULL,
  author_id bigint NOT NULL,
  author_name text NOT NULL,
  read_cnt bigint NOT NULL,
  day integer NOT NULL,
  day_cnt bigint NOT NULL,
  day_ver bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- SMS: states are 0 ready, 1 leased, 2 delivered, 3 expired, 4 dead; from 2 on terminal

CREATE TABLE sms_messages (
  id bigint GENERATED ALWAYS AS IDENTITY (MAXVALUE 9007199254740991) PRIMARY KEY,
  idempotency_key text UNIQUE,
  phone text NOT NULL,
  country_prefix text NOT NULL,
  client_address text NOT NULL,
  purpose text NOT NULL,
  template_name text NOT NULL,
  sealed_parameters bytea NOT NULL,
  key_id text NOT NULL,
  code_id bigint NOT NULL,
  parent_id bigint NOT NULL DEFAULT 0,
  priority integer NOT NULL,
  created_at bigint NOT NULL,
  run_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
  attempt integer NOT NULL DEFAULT 0,
  progress text NOT NULL,
  lease_token bigint NOT NULL DEFAULT 0,
  lease_until bigint NOT NULL DEFAULT 0,
  client_ref text NOT NULL,
  provider text NOT NULL DEFAULT '',
  provider_message_id text NOT NULL DEFAULT '',
  receipt text NOT NULL DEFAULT '',
  finalized_at bigint NOT NULL DEFAULT 0,
  -- What an operator did about it: 0 nothing yet, 1 redriven, 2 discarded
  handled smallint NOT NULL DEFAULT 0 CHECK (handled BETWEEN 0 AND 2),
  handled_by text NOT NULL DEFAULT '',
  -- When its code was entered
  verified_at bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.02,
  autovacuum_vacuum_cost_delay = 0);
CREATE UNIQUE INDEX sms_messages_pending ON sms_messages (phone, purpose)
  WHERE state < 2;
-- In the order of claims
CREATE INDEX sms_messages_ready ON sms_messages (priority, run_at, id) WHERE state = 0;
-- Also for what is counted.
CREATE INDEX sms_messages_expiring ON sms_messages (expires_at) INCLUDE (created_at)
  WHERE state = 0;
-- Without lease_until: a heartbeat changes no index.
CREATE INDEX sms_messages_leased ON sms_messages (id) WHERE state = 1;
CREATE INDEX sms_messages_ended ON sms_messages (state, finalized_at) WHERE state >= 2;
CREATE INDEX sms_messages_dead_with_parameters ON sms_messages (expires_at)
  WHERE state = 4 AND sealed_parameters <> '';
-- The list of what went wrong, newest first.
CREATE INDEX sms_messages_wrong ON sms_messages (id, handled) WHERE state >= 3;
-- Where the providers' reports belong.
CREATE INDEX sms_messages_by_provider ON sms_messages (provider, provider_message_id)
  WHERE provider_message_id <> '';
CREATE INDEX sms_messages_by_client_ref ON sms_messages (client_ref)
  WHERE client_ref <> '';
-- What the pumping guard counts.
CREATE INDEX sms_messages_delivered ON sms_messages
  (finalized_at, country_prefix, client_address, verified_at, receipt) WHERE state = 2;
CREATE INDEX sms_messages_unanswered ON sms_messages (phone, purpose)
  WHERE state = 2 AND verified_at = 0;

CREATE TABLE sms_attempts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id bigint NOT NULL REFERENCES sms_messages (id) ON DELETE CASCADE,
  provider text NOT NULL,
  outcome text NOT NULL,
  provider_code text NOT NULL,
  text text NOT NULL,
  started_at bigint NOT NULL,
  took_ms bigint NOT NULL
);
CREATE INDEX sms_attempts_by_message ON sms_attempts (message_id);

CREATE TABLE sms_receipts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id bigint NOT NULL REFERENCES sms_messages (id) ON DELETE CASCADE,
  provider text NOT NULL,
  provider_message_id text NOT NULL,
  delivered boolean NOT NULL,
  provider_code text NOT NULL,
  text text NOT NULL,
  received_at bigint NOT NULL
);
CREATE INDEX sms_receipts_by_message ON sms_receipts (message_id);

CREATE TABLE code_states (
  phone text NOT NULL,
  purpose text NOT NULL,
  codes text NOT NULL,
  others_used integer NOT NULL,
  others_since bigint NOT NULL,
  last_sent bigint NOT NULL,
  matters_until bigint NOT NULL,
  PRIMARY KEY (phone, purpose)
);
CREATE INDEX code_states_by_end ON code_states (matters_until);

CREATE TABLE provider_states (
  provider text PRIMARY KEY,
  state text NOT NULL,
  generation bigint NOT NULL,
  open_until bigint NOT NULL DEFAULT 0,
  forced text NOT NULL DEFAULT '',
  forced_until bigint NOT NULL DEFAULT 0,
  forced_by text NOT NULL DEFAULT '',
  reason text NOT NULL DEFAULT '',
  changed_at bigint NOT NULL
);

CREATE TABLE probe_leases (
  provider text PRIMARY KEY,
  replica text NOT NULL,
  lease_until bigint NOT NULL
);

-- Who works on this database: a row counts while its backend holds the lock of the
-- replicas (storage/postgres/replica_session.cpp).
CREATE TABLE replicas (
  name text PRIMARY KEY,
  local_parts text NOT NULL,
  backend integer NOT NULL,
  since bigint NOT NULL
);
)sql";

} // namespace tinybook::storage
