#pragma once

#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>

namespace tinybook::storage {

class handle;

struct settled_backup {
  std::int64_t messages = 0; ///< That waited and were ended.
  std::int64_t codes = 0;    ///< That could have been entered and no longer can.
};

/// Makes a database that was restored from a backup fit to be served from, where a server
/// went on after the backup was taken: nothing that it may have done since is done again.
/// SMS that waited end as expired, and what could be sent again of dead ones is erased.
/// No code that was sent before verifies any more, for it may have been used. New
/// accounts, articles and messages leave out a million ids: a token of an account that
/// the backup does not know must not open another one. Nothing else works on the database
/// meanwhile.
struct settle_backup {
  using reply = settled_backup;
  static constexpr bool writes = true;
  wall_time now{};
};
result<settled_backup> run(handle& db, const settle_backup& command);

} // namespace tinybook::storage
