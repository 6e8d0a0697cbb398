#include "storage/sqlite/sms_outbox.hpp"
#include "storage/sqlite/sms_rows.hpp"

#include <utility>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto expire_ready = R"sql(
UPDATE sms_messages
SET state = 3, sealed_parameters = x'', finalized_at = ?1
WHERE id IN (
  SELECT id FROM sms_messages INDEXED BY sms_messages_ready
  WHERE state = 0 AND expires_at <= ?1 LIMIT ?2))sql";

constexpr auto erase_dead = R"sql(
UPDATE sms_messages SET sealed_parameters = x''
WHERE id IN (
  SELECT id FROM sms_messages INDEXED BY sms_messages_dead_with_parameters
  WHERE state = 4 AND sealed_parameters <> x'' AND expires_at <= ?1 LIMIT ?2))sql";

constexpr auto count_ready = R"sql(
SELECT count(*), coalesce(min(created_at), 0)
FROM sms_messages INDEXED BY sms_messages_ready WHERE state = 0)sql";

constexpr auto count_leased = R"sql(
SELECT count(*) FROM sms_messages INDEXED BY sms_messages_leased WHERE state = 1)sql";

constexpr auto count_ended = R"sql(
SELECT state, count(*) FROM sms_messages INDEXED BY sms_messages_ended
WHERE state >= 2 GROUP BY state)sql";

// A seek per priority, as with claims.
constexpr auto earliest_run = R"sql(
WITH RECURSIVE priorities (p) AS (
  SELECT (SELECT min(priority) FROM sms_messages WHERE state = 0)
  UNION ALL
  SELECT (SELECT min(priority) FROM sms_messages WHERE state = 0 AND priority > p)
  FROM priorities WHERE p IS NOT NULL)
SELECT coalesce(min(
  (SELECT min(run_at) FROM sms_messages WHERE state = 0 AND priority = p)), 0)
FROM priorities)sql";

constexpr auto delete_history = R"sql(
DELETE FROM sms_messages WHERE id IN (
  SELECT id FROM sms_messages INDEXED BY sms_messages_ended
  WHERE state >= 2 AND state IN (2, 3, 4) AND finalized_at < ?1 LIMIT ?2))sql";

struct state_count {
  message_state state = message_state::ready;
  std::int64_t rows = 0;
};

result<done> add_ready(handle& db, outbox_depth& depth) {
  auto ready = db.one(count_ready, [&](row& r) {
    depth.ready = r.number();
    depth.oldest_ready = r.time();
    return true;
  });
  if (!ready)
    return ready.error();
  auto next = db.one(earliest_run, [&](row& r) {
    depth.next_run_at = r.time();
    return true;
  });
  if (!next)
    return next.error();
  return done{};
}

result<done> add_others(handle& db, outbox_depth& depth) {
  auto leased = db.one(count_leased, [](row& r) { return r.number(); });
  if (!leased)
    return leased.error();
  depth.leased = leased->value_or(0);
  auto ended = db.all(count_ended, [](row& r) {
    return state_count{.state = r.number<message_state>(), .rows = r.number()};
  });
  if (!ended)
    return ended.error();
  for (const auto& [state, rows] : *ended) {
    if (state == message_state::delivered)
      depth.delivered = rows;
    else if (state == message_state::expired)
      depth.expired = rows;
    else
      depth.dead = rows;
  }
  return done{};
}

} // namespace

result<changed_count> sqlite_sms_outbox::run(const expire_messages& command) {
  return db_.transact([&]() -> result<changed_count> {
    auto expired = db_.exec(expire_ready, command.now, command.limit);
    if (!expired)
      return expired.error();
    if (auto erased = db_.exec(erase_dead, command.now, command.limit); !erased)
      return erased.error();
    return changed_count{*expired};
  });
}

result<outbox_depth> sqlite_sms_outbox::run(const count_messages&) {
  return db_.read_together([&]() -> result<outbox_depth> {
    outbox_depth out;
    if (auto ready = add_ready(db_, out); !ready)
      return ready.error();
    if (auto others = add_others(db_, out); !others)
      return others.error();
    return out;
  });
}

result<message_history> sqlite_sms_outbox::run(const find_message& command) {
  return db_.read_together([&]() -> result<message_history> {
    auto found = find_history(db_, command.id);
    if (!found)
      return found.error();
    if (!*found)
      return errc::message_not_found;
    return std::move(**found);
  });
}

result<changed_count> sqlite_sms_outbox::run(const remove_history& command) {
  auto removed = db_.exec(delete_history, command.before, command.limit);
  if (!removed)
    return removed.error();
  return changed_count{*removed};
}

} // namespace tinybook::storage::sqlite
