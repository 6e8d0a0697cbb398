#pragma once

namespace tinybook::storage {

/// What a person sees of their sessions, and which device cookies still count.
inline constexpr auto sqlite_0010 = R"sql(
ALTER TABLE session_families ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session_families ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE session_families ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN device_epoch INTEGER NOT NULL DEFAULT 0;
)sql";

} // namespace tinybook::storage
