#pragma once

#include "actors/codes/code_rules.hpp"
#include "storage/redis/script.hpp"

#include <string>
#include <vector>

namespace tinybook {

/// The rules of SMS codes (code_rules.hpp) as Lua scripts, one for each operation, over
/// one key that holds the state of one phone and purpose as a packed table. KEYS are
/// the names that this key may have: the first one that exists is used, else the first
/// is created. Every script takes the time and the rules first:
///
///     now, valid, cooldown, tries_per_send, others_per_send, others_per_day, day, hold
///
/// in milliseconds and counts. Time is an argument, since all replicas use the clock of
/// the database. Ids are texts, since Lua does not print large numbers exactly.
struct redis_code_scripts {
  [[nodiscard]] static std::vector<std::string> first_args(const code_rules& rules,
                                                           wall_time now);

  /// … id, hash, key id, asker → {"ok"} or {"cooldown", wait}.
  static const storage::redis::script issue;
  /// … replaced id, id, hash, key id → {"ok"} or {"wrong_state"}.
  static const storage::redis::script replace;
  /// … id → 1.
  static const storage::redis::script withdraw;
  /// … asker, ticket, 1 if a wrong try counts, then key id and hash of each candidate →
  /// {outcome, wait, id …}: the ids of the matched codes, else of all known ones.
  static const storage::redis::script try_code;
  /// … ticket, 1 if it was used, matched id … → 1.
  static const storage::redis::script settle;
  /// … id, hash, key id, asker and end of each code in the rows, the newest last → how
  /// many of them were missing; these are restored with one try each.
  static const storage::redis::script restore;
  /// … id → 1 if it is still of use, else 0.
  static const storage::redis::script wanted;
};

} // namespace tinybook
