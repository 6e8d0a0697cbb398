#pragma once

#include "storage/postgres/handle.hpp"
#include "storage/session_store.hpp"

namespace tinybook::storage::postgres {

/// Revokes what is not revoked yet of the families of `user`, and returns them.
result<family_list> revoke_families_of(handle& db, user_id user, wall_time now);

} // namespace tinybook::storage::postgres
