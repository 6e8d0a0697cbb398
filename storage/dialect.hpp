#pragma once

#include "storage/article_store.hpp"
#include "storage/event_store.hpp"
#include "storage/result.hpp"
#include "storage/sms_outbox.hpp"
#include "storage/statements.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tinybook::storage {

/// What each engine does differently, beyond syntax: SQLite runs many small statements,
/// since it is in our process; with PostgreSQL each is a round trip, and other replicas
/// hold locks. The rest of the stores is written once. All of these run within the
/// caller's transaction.
struct dialect {
  /// Writes the event that describes the present state of an article. $1 now, $2 article,
  /// $3 day.
  const char* insert_event;
  /// The same for each published article of an author. $1 now, $2 author.
  const char* insert_events_of_author;

  /// Adds or removes the like, changes the counts and the count of the day, and writes
  /// the event; false where nothing changed. The caller has locked the article's counts.
  result<bool> (*change_like)(handle& db, const like_article& command);
  /// The next ids of a table are larger by `number`.
  result<done> (*leave_out_ids)(handle& db, std::string_view table, std::int64_t number);
  result<done> (*add_reads)(handle& db, const add_reads& command);

  result<stored_events> (*read_pending)(handle& db, const pending_events& command);

  /// The messages that `claim_messages` leases, in any order.
  result<std::vector<sms_message>> (*claim)(handle& db, const claim_messages& command);

  /// Runs `update`, which changes one message at most, and writes the attempt where it
  /// did; returns the number of rows changed. The first seven of `values` are those of
  /// the attempt, the eighth is the message.
  result<std::int64_t> (*change_with_attempt)(handle& db, const char* update,
                                              std::span<const parameter> values);
};

extern const dialect sqlite_dialect;
extern const dialect postgres_dialect;

} // namespace tinybook::storage
