#pragma once

#include "storage/result.hpp"
#include "storage/statements.hpp"

#include <string>
#include <vector>

namespace tinybook::storage {

/// With which master keys (their ids) the messages in the outbox were made.
struct key_use {
  std::vector<std::string> waiting; ///< Those that are not sent yet.
  std::string newest;               ///< The last one; empty = there is none.
};

/// Reads only. The schema must be that of this version.
[[nodiscard]] result<key_use> keys_in_use(statements& db);

/// The first key that `used` names and `known` does not have, of those that wait before
/// the newest; empty if there is none.
[[nodiscard]] std::string missing_key(const key_use& used,
                                      const std::vector<std::string>& known);

} // namespace tinybook::storage
