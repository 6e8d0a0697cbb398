#pragma once

namespace tinybook::storage {

/// What was answered to a save that its client may send again.
inline constexpr auto postgres_0007 = R"sql(
CREATE TABLE kept_answers (
  user_id bigint NOT NULL,
  key_hash text NOT NULL,
  request_hash text NOT NULL,
  article_id bigint NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (user_id, key_hash)
);
CREATE INDEX kept_answers_by_time ON kept_answers (created_at);
)sql";

} // namespace tinybook::storage
