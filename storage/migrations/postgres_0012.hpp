#pragma once

namespace tinybook::storage {

/// How much each author has stored. A row is made, and counted, with the next save.
inline constexpr auto postgres_0012 = R"sql(
CREATE TABLE author_totals (
  author_id bigint PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  articles bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  seen_until bigint NOT NULL DEFAULT -1
);
)sql";

} // namespace tinybook::storage
