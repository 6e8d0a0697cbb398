#pragma once

namespace tinybook::storage {

/// The sessions of a person that live, apart from all that have ended.
inline constexpr auto postgres_0013 = R"sql(
CREATE INDEX session_families_living ON session_families (user_id, expires_at)
  WHERE revoked_at = 0;
)sql";

} // namespace tinybook::storage
