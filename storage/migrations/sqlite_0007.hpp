#pragma once

namespace tinybook::storage {

/// What was answered to a save that its client may send again.
inline constexpr auto sqlite_0007 = R"sql(
CREATE TABLE kept_answers (
  user_id INTEGER NOT NULL,
  key_hash TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  article_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_answers_by_time ON kept_answers (created_at);
)sql";

} // namespace tinybook::storage
