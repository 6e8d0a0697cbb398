#include "storage/dialect.hpp"

#include "storage/handle.hpp"
#include "storage/shared_steps.hpp"

#include <iterator>
#include <map>
#include <mutex>
#include <string>

namespace tinybook::storage {

// Named, since both dialects may be in one unity build unit.
namespace postgres_statements {

namespace {

// `stored_at` is never later than the commit, whichever clock is ahead: see
// `select_pending`.
constexpr auto insert_event = R"sql(
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT least($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint), 'article',
  s.article_id, s.ver, s.like_cnt, s.published, s.title, s.author_id, s.author_name,
  s.read_cnt, $3::integer, coalesce(d.cnt, 0), coalesce(d.ver, 0)
FROM article_stats s
LEFT JOIN like_days d ON d.article_id = s.article_id AND d.day = $3
WHERE s.article_id = $2)sql";

constexpr auto insert_events_of_author = R"sql(
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT least($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint), 'article',
  article_id, ver, like_cnt, published, title,
  author_id, author_name, read_cnt, 0, 0, 0
FROM article_stats
WHERE article_id IN (SELECT id FROM published_articles WHERE author_id = $2)
ORDER BY article_id)sql";

// The like, the counts and the event in one statement; no row where nothing changed. $1
// article, $2 user, $3 what the counts change by, $4 now, $5 the day.
constexpr auto insert_like = R"sql(
WITH changed AS (
  INSERT INTO likes (article_id, user_id, day) VALUES ($1, $2, $5)
  ON CONFLICT DO NOTHING RETURNING day),)sql";

constexpr auto delete_like = R"sql(
WITH changed AS (
  DELETE FROM likes WHERE article_id = $1 AND user_id = $2 RETURNING day),)sql";

constexpr auto count_and_write_event = R"sql(
stats AS (
  UPDATE article_stats SET like_cnt = like_cnt + $3, ver = ver + 1
  WHERE article_id = $1 AND EXISTS (SELECT 1 FROM changed) RETURNING *),
days AS (
  INSERT INTO like_days AS d (article_id, day, cnt, ver)
  SELECT $1, day, greatest($3, 0), 1 FROM changed
  ON CONFLICT (article_id, day) DO UPDATE SET cnt = d.cnt + $3, ver = d.ver + 1
  RETURNING day, cnt, ver)
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT least($4::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint),
  'article', s.article_id, s.ver, s.like_cnt, s.published, s.title, s.author_id,
  s.author_name, s.read_cnt, d.day, d.cnt, d.ver
FROM stats s, days d)sql";

constexpr auto add_to_reads = R"sql(
WITH locked AS (
  SELECT article_id FROM article_stats
  WHERE article_id = ANY($1::bigint[]) AND NOT deleted
  ORDER BY article_id FOR UPDATE)
UPDATE article_stats s SET read_cnt = s.read_cnt + r.reads
FROM unnest($1::bigint[], $2::bigint[]) AS r (id, reads)
WHERE s.article_id = r.id AND r.id IN (SELECT article_id FROM locked))sql";

// The first row tells up to which time the result is complete: to the start of this
// transaction, which is before its snapshot (statement_timestamp() moves on when a
// prepared statement is executed, which is after it), or to the oldest row that is not
// returned. A row that is not committed yet does not matter: the result promises only
// committed ones.
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

// Ready rows that are due, priority by priority: a seek for each, so that rows which wait
// for a later run_at cost nothing. All are ordered as the index is, so that the planner
// uses it even with the statistics of a table that was empty a minute ago. Rows locked by
// another claim are skipped. The limit stops the walk, so no row is locked that is not
// leased.
constexpr auto lease_due = joined_sql<R"sql(
WITH RECURSIVE priorities (p) AS (
  (SELECT priority FROM sms_messages WHERE state = 0
   ORDER BY priority, run_at, id LIMIT 1)
  UNION ALL
  SELECT (SELECT priority FROM sms_messages WHERE state = 0 AND priority > p
    ORDER BY priority, run_at, id LIMIT 1)
  FROM priorities WHERE p IS NOT NULL),
due AS MATERIALIZED (
  SELECT ready.id FROM priorities CROSS JOIN LATERAL (
    SELECT id FROM sms_messages
    WHERE state = 0 AND priority = priorities.p AND run_at <= $1
    ORDER BY priority, run_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) AS ready
  LIMIT $3)
UPDATE sms_messages
SET state = 1, lease_token = lease_token + 1, lease_until = $2
WHERE id = ANY (ARRAY (SELECT id FROM due))
RETURNING )sql",
                                      message_columns>;

// The attempt is written where the row changed, in one round trip.
constexpr auto with_attempt_before = "WITH changed AS (";
constexpr auto with_attempt_behind = R"sql( RETURNING id),
tried AS (
  INSERT INTO sms_attempts (message_id, provider, outcome, provider_code, text,
    started_at, took_ms)
  SELECT id, $2, $3, $4, $5, $6::bigint, $7::bigint FROM changed WHERE $1::boolean)
SELECT id FROM changed)sql";

constexpr auto raise_sequence = R"sql(
SELECT setval(s, nextval(s) + $2::bigint)
FROM (SELECT pg_get_serial_sequence($1, 'id')::regclass AS s) AS sequence)sql";

result<bool> change_like(handle& db, const like_article& c) {
  // Made once: statements are identified by their address.
  static const std::string add = std::string(insert_like) + count_and_write_event;
  static const std::string take = std::string(delete_like) + count_and_write_event;
  auto changed =
      c.like ? db.exec(add.c_str(), c.id, c.user, 1, c.now, day_of(c.now, c.utc_offset))
             : db.exec(take.c_str(), c.id, c.user, -1, c.now);
  if (!changed)
    return changed.error();
  return *changed > 0;
}

result<done> leave_out_ids(handle& db, std::string_view table, std::int64_t number) {
  return as_done(db.exec(raise_sequence, table, number));
}

result<done> write_reads(handle& db, const add_reads& command) {
  std::map<article_id, std::int64_t> sums;
  for (const auto& [id, reads] : command.reads)
    sums[id] += reads;
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> reads;
  for (const auto& [id, sum] : sums) {
    ids.push_back(id);
    reads.push_back(sum);
  }
  return as_done(db.exec(add_to_reads, ids, reads));
}

result<stored_events> read_pending(handle& db, const pending_events& command) {
  auto rows = db.all(select_pending, read_stored, command.limit, command.orphaned_after);
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

result<std::vector<sms_message>> claim(handle& db, const claim_messages& command) {
  return db.all(lease_due, read_message, command.now, command.now + command.lease,
                command.limit);
}

/// `update` with the insertion of its attempt, made once: statements are identified by
/// their address.
const char* with_attempt(const char* update) {
  static std::mutex mutex;
  static std::map<const char*, std::string> made;
  const std::lock_guard lock(mutex);
  auto& sql = made[update];
  if (sql.empty())
    sql = std::string(with_attempt_before) + update + with_attempt_behind;
  return sql.c_str();
}

result<std::int64_t> change_with_attempt(handle& db, const char* update,
                                         std::span<const parameter> values) {
  return db.exec_with(with_attempt(update), values);
}

} // namespace

} // namespace postgres_statements

constinit const dialect postgres_dialect{
    .insert_event = postgres_statements::insert_event,
    .insert_events_of_author = postgres_statements::insert_events_of_author,
    .change_like = postgres_statements::change_like,
    .leave_out_ids = postgres_statements::leave_out_ids,
    .add_reads = postgres_statements::write_reads,
    .read_pending = postgres_statements::read_pending,
    .claim = postgres_statements::claim,
    .change_with_attempt = postgres_statements::change_with_attempt,
};

} // namespace tinybook::storage
