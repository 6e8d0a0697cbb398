#pragma once

#include "storage/code_store.hpp"
#include "storage/sqlite/handle.hpp"

#include <optional>

namespace tinybook::storage::sqlite {

/// Writes the row of one phone and purpose. Inside the caller's transaction, if any.
[[nodiscard]] result<done> write_code_state(handle& db, const keyed_code_state& state);

/// Consumes the codes as `code_use` says: `wrong_code` where they are none any more.
/// Inside the caller's transaction, behind its own rows.
[[nodiscard]] result<done> use_code(handle& db, const code_use& use);

/// The same where there is a code to use.
[[nodiscard]] inline result<done> use_code(handle& db,
                                           const std::optional<code_use>& use) {
  return use ? use_code(db, *use) : result<done>{done{}};
}

} // namespace tinybook::storage::sqlite
