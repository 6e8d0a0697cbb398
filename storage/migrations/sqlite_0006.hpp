#pragma once

namespace tinybook::storage {

/// Session families know when a token of their current generation was first shown. Of
/// those from before nobody knows, so they count as shown when they were rotated.
inline constexpr auto sqlite_0006 = R"sql(
ALTER TABLE session_families ADD COLUMN shown_at INTEGER NOT NULL DEFAULT 0;
UPDATE session_families SET shown_at = rotated_at;
)sql";

} // namespace tinybook::storage
