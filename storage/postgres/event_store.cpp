#include "storage/postgres/event_store.hpp"

#include "storage/postgres/article_rows.hpp"

#include <algorithm>
#include <utility>

namespace tinybook::storage::postgres {

namespace {

// The first row tells how far what is returned reaches: to the start of this transaction,
// which is before its snapshot (statement_timestamp() moves on when a prepared statement
// is executed, which is after it), or to the oldest row that is not returned. A row that
// is not committed yet does not matter: only committed ones are spoken of.
constexpr auto select_pending = R"sql(
WITH clock AS MATERIALIZED (
  SELECT (floor(extract(epoch FROM transaction_timestamp()) * 1000))::bigint AS now),
mine AS MATERIALIZED (
  SELECT id FROM article_events
  WHERE origin IS NOT DISTINCT FROM current_setting('tinybook.replica', true)
    OR stored_at <= (SELECT now FROM clock) - $2
  ORDER BY id LIMIT $1)
SELECT 0 AS id, least((SELECT now FROM clock), (SELECT min(stored_at) FROM article_events
    WHERE id NOT IN (SELECT id FROM mine))) AS stored_at,
  '', 0, 0, 0, false, '', 0, '', 0, 0, 0, 0
UNION ALL
SELECT id, stored_at, biz, article_id, ver, cnt, published, title, author_id, author_name,
  read_cnt, day, day_cnt, day_ver
FROM article_events WHERE id IN (SELECT id FROM mine)
ORDER BY id)sql";

constexpr auto delete_events = "DELETE FROM article_events WHERE id = ANY($1::bigint[])";

stored_event read_stored(row& r) {
  return {.id = r.number(), .stored_at = r.time(), .event = read_event(r)};
}

} // namespace

result<stored_events> postgres_event_store::run(const pending_events& command) {
  auto rows = db_.all(select_pending, read_stored, command.limit, command.orphaned_after);
  if (!rows)
    return rows.error();
  if (rows->empty())
    return errc::internal;
  stored_events out;
  out.complete_until = rows->front().stored_at;
  out.events.assign(std::move_iterator(rows->begin() + 1),
                    std::move_iterator(rows->end()));
  return out;
}

result<done> postgres_event_store::run(const remove_events& command) {
  return as_done(db_.exec(delete_events, command.ids));
}

} // namespace tinybook::storage::postgres
