#pragma once

namespace tinybook::storage {

/// What a person sees of their sessions, and which device cookies still count.
inline constexpr auto postgres_0010 = R"sql(
ALTER TABLE session_families ADD COLUMN created_at bigint NOT NULL DEFAULT 0;
ALTER TABLE session_families ADD COLUMN device text NOT NULL DEFAULT '';
ALTER TABLE session_families ADD COLUMN network text NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN device_epoch bigint NOT NULL DEFAULT 0;
)sql";

} // namespace tinybook::storage
