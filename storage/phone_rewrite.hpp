#pragma once

#include "storage/types.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tinybook::storage {

/// Two accounts whose phones turned out to be one. The younger lost it; one that has no
/// e-mail keeps the old spelling, which no log-in asks for: its sessions go on, and
/// another phone can be bound.
struct phone_conflict {
  user_id keeps = 0;
  user_id loses = 0;
  std::string phone; ///< In its one form.
};

struct phones_rewritten {
  std::int64_t accounts = 0; ///< Whose phone was spelled anew.
  std::int64_t messages = 0;
  std::vector<phone_conflict> conflicts;
};

/// What the step of the schema needs that spells stored phones anew.
struct phone_rewrite {
  /// The one form of a stored phone. Null = phones stay as they are.
  std::function<std::string(const std::string&)> canonical;
  /// Told what was done just before it is committed: twice where a crash comes between.
  /// From any thread.
  std::function<void(const phones_rewritten&)> tell;
};

} // namespace tinybook::storage
