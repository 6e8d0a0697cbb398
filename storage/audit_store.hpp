#pragma once

#include "storage/audit_event.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>
#include <optional>
#include <vector>

/// The audit trail. What changes an account writes its entry in its own transaction
/// (`shared_steps.hpp`); here is what is read of it, and what has no other transaction.
namespace tinybook::storage {

/// Writes one entry.
struct note_audit {
  using reply = done;
  static constexpr bool writes = true;
  audit_event event;
};
result<done> run(handle& db, const note_audit& command);

/// Where a page of the trail begins: below this entry.
struct audit_place {
  wall_time at{};
  std::int64_t id = 0;
};

struct audit_page {
  std::vector<audit_event> events;
  std::optional<audit_place> next{}; ///< `before` of the next page; none = the end.
};

/// One page of the trail, newest first.
struct list_audit {
  using reply = audit_page;
  static constexpr bool writes = false;
  std::optional<user_id> user{};    ///< 0 = of nobody; none = of everybody.
  std::optional<audit_kind> kind{}; ///< None = all.
  wall_time from{};                 ///< Entries at or after it.
  std::optional<wall_time> until{}; ///< Entries before it.
  std::optional<audit_place> before{};
  std::int64_t limit = 0;
};
result<audit_page> run(handle& db, const list_audit& command);

/// Removes up to `limit` of the oldest entries from before `before`.
struct remove_old_audit {
  using reply = removed_count;
  static constexpr bool writes = true;
  wall_time before{};
  std::int64_t limit = 1000;
};
result<removed_count> run(handle& db, const remove_old_audit& command);

// Who needs which of them.
struct audit_note_commands : commands<note_audit> {};
struct audit_read_commands : commands<list_audit> {};
struct audit_upkeep_commands : commands<remove_old_audit> {};

} // namespace tinybook::storage
