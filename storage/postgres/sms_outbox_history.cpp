#include "storage/postgres/sms_outbox.hpp"
#include "storage/postgres/sms_rows.hpp"

#include <utility>

namespace tinybook::storage::postgres {

namespace {

constexpr auto expire_ready = R"sql(
UPDATE sms_messages SET state = 3, sealed_parameters = '', finalized_at = $1
WHERE id = ANY (ARRAY (
  SELECT id FROM sms_messages WHERE state = 0 AND expires_at <= $1
  ORDER BY expires_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)))sql";

constexpr auto erase_dead = R"sql(
UPDATE sms_messages SET sealed_parameters = ''
WHERE id = ANY (ARRAY (
  SELECT id FROM sms_messages
  WHERE state = 4 AND sealed_parameters <> '' AND expires_at <= $1
  LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)))sql";

// For the earliest run a seek per priority, as with claims.
constexpr auto count_all = R"sql(
WITH RECURSIVE priorities (p) AS (
  (SELECT priority FROM sms_messages WHERE state = 0
   ORDER BY priority, run_at, id LIMIT 1)
  UNION ALL
  SELECT (SELECT priority FROM sms_messages WHERE state = 0 AND priority > p
    ORDER BY priority, run_at, id LIMIT 1)
  FROM priorities WHERE p IS NOT NULL)
SELECT ready.rows,
  (SELECT count(*) FROM sms_messages WHERE state = 1),
  (SELECT count(*) FROM sms_messages WHERE state >= 2 AND state = 2),
  (SELECT count(*) FROM sms_messages WHERE state >= 2 AND state = 3),
  (SELECT count(*) FROM sms_messages WHERE state >= 2 AND state = 4),
  ready.oldest,
  (SELECT coalesce(min(
    (SELECT run_at FROM sms_messages WHERE state = 0 AND priority = p
     ORDER BY priority, run_at, id LIMIT 1)), 0)
   FROM priorities)
FROM (SELECT count(*) AS rows, coalesce(min(created_at), 0) AS oldest
  FROM sms_messages WHERE state = 0) AS ready)sql";

constexpr auto delete_history = R"sql(
DELETE FROM sms_messages WHERE id = ANY (ARRAY (
  SELECT id FROM sms_messages
  WHERE state >= 2 AND state IN (2, 3, 4) AND finalized_at < $1
  LIMIT $2 FOR UPDATE SKIP LOCKED)))sql";

outbox_depth read_depth(row& r) {
  return {.ready = r.number(),
          .leased = r.number(),
          .delivered = r.number(),
          .expired = r.number(),
          .dead = r.number(),
          .oldest_ready = r.time(),
          .next_run_at = r.time()};
}

} // namespace

result<changed_count> postgres_sms_outbox::run(const expire_messages& command) {
  return db_.transact([&]() -> result<changed_count> {
    auto expired = db_.exec(expire_ready, command.now, command.limit);
    if (!expired)
      return expired.error();
    if (auto erased = db_.exec(erase_dead, command.now, command.limit); !erased)
      return erased.error();
    return changed_count{*expired};
  });
}

result<outbox_depth> postgres_sms_outbox::run(const count_messages&) {
  auto counted = db_.one(count_all, read_depth);
  if (!counted)
    return counted.error();
  return counted->value_or(outbox_depth{});
}

result<message_history> postgres_sms_outbox::run(const find_message& command) {
  return db_.read_together([&]() -> result<message_history> {
    auto found = find_history(db_, command.id);
    if (!found)
      return found.error();
    if (!*found)
      return errc::message_not_found;
    return std::move(**found);
  });
}

result<changed_count> postgres_sms_outbox::run(const remove_history& command) {
  auto removed = db_.exec(delete_history, command.before, command.limit);
  if (!removed)
    return removed.error();
  return changed_count{*removed};
}

} // namespace tinybook::storage::postgres
