#pragma once

#include "storage/postgres/handle.hpp"
#include "storage/types.hpp"

#include <string>

namespace tinybook::storage::postgres {

/// Remembers that a code of `phone` was entered.
result<done> note_phone_verified(handle& db, const std::string& phone, wall_time now);

} // namespace tinybook::storage::postgres
