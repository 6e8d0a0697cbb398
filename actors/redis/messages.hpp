#pragma once

#include "storage/redis/script.hpp"
#include "storage/redis/value.hpp"

#include <string>
#include <vector>

namespace tinybook {

/// Runs one Lua script on Redis, atomically there. Keys and arguments may be any bytes.
/// Fails with `unavailable` (with Retry-After) where Redis cannot be reached, is loading,
/// refuses writes or answers too late: then it may have run all the same. `internal`
/// where the script itself failed.
struct run_script {
  using reply = storage::redis::value;
  const storage::redis::script* script = nullptr;
  std::vector<std::string> keys;
  std::vector<std::string> args;
};

} // namespace tinybook
