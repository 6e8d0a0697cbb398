#pragma once

namespace tinybook::storage {

/// How much each author has stored. A row is made, and counted, with the next save.
inline constexpr auto sqlite_0012 = R"sql(
CREATE TABLE author_totals (
  author_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  articles INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  seen_until INTEGER NOT NULL DEFAULT -1
) STRICT;
)sql";

} // namespace tinybook::storage
