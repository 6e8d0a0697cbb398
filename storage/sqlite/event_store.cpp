#include "storage/sqlite/event_store.hpp"

#include "storage/sqlite/article_rows.hpp"

#include <algorithm>
#include <utility>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto select_pending = R"sql(
SELECT id, stored_at, biz, article_id, ver, cnt, published, title, author_id, author_name,
  read_cnt, day, day_cnt, day_ver
FROM article_events ORDER BY id LIMIT ?)sql";

constexpr auto delete_event = "DELETE FROM article_events WHERE id = ?";

stored_event read_stored(row& r) {
  return {.id = r.number(), .stored_at = r.time(), .event = read_event(r)};
}

} // namespace

// One process publishes: every unconfirmed event is its own. One more than is asked for
// tells how far those beyond the limit reach back.
result<stored_events> sqlite_event_store::run(const pending_events& command) {
  auto events = db_.all(select_pending, read_stored, command.limit + 1);
  if (!events)
    return events.error();
  stored_events out{std::move(*events), command.now};
  if (std::ssize(out.events) > command.limit) {
    out.complete_until = std::min(out.complete_until, out.events.back().stored_at);
    out.events.pop_back();
  }
  return out;
}

result<done> sqlite_event_store::run(const remove_events& command) {
  return db_.transact([&]() -> result<done> {
    for (const auto id : command.ids)
      if (auto removed = db_.exec(delete_event, id); !removed)
        return removed.error();
    return done{};
  });
}

} // namespace tinybook::storage::sqlite
