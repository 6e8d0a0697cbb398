#pragma once

#include "storage/code_store.hpp"
#include "storage/postgres/handle.hpp"

namespace tinybook::storage::postgres {

/// Writes the row of one phone and purpose. Inside the caller's transaction, if any.
[[nodiscard]] result<done> write_code_state(handle& db, const keyed_code_state& state);

} // namespace tinybook::storage::postgres
