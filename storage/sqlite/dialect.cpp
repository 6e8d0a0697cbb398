#include "storage/dialect.hpp"

#include "storage/handle.hpp"
#include "storage/shared_steps.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace tinybook::storage {

// Named, since both dialects may be in one unity build unit.
namespace sqlite_statements {

namespace {

constexpr auto insert_event = R"sql(
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT $1, 'article', s.article_id, s.ver, s.like_cnt, s.published, s.title,
  s.author_id, s.author_name, s.read_cnt, $3, coalesce(d.cnt, 0), coalesce(d.ver, 0)
FROM article_stats s
LEFT JOIN like_days d ON d.article_id = s.article_id AND d.day = $3
WHERE s.article_id = $2)sql";

constexpr auto insert_events_of_author = R"sql(
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT $1, 'article', article_id, ver, like_cnt, published, title,
  author_id, author_name, read_cnt, 0, 0, 0
FROM article_stats
WHERE article_id IN (SELECT id FROM published_articles WHERE author_id = $2)
ORDER BY article_id)sql";

constexpr auto insert_like = R"sql(
INSERT INTO likes (article_id, user_id, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
RETURNING day)sql";

constexpr auto delete_like =
    "DELETE FROM likes WHERE article_id = $1 AND user_id = $2 RETURNING day";

constexpr auto add_to_likes = R"sql(
UPDATE article_stats SET like_cnt = like_cnt + $1, ver = ver + 1 WHERE article_id = $2
)sql";

constexpr auto add_to_day = R"sql(
INSERT INTO like_days (article_id, day, cnt, ver) VALUES ($1, $2, max($3, 0), 1)
ON CONFLICT (article_id, day) DO UPDATE SET cnt = cnt + $3, ver = ver + 1)sql";

constexpr auto add_to_reads = R"sql(
UPDATE article_stats SET read_cnt = read_cnt + $1 WHERE article_id = $2 AND NOT deleted
)sql";

constexpr auto select_pending = R"sql(
SELECT id, stored_at, biz, article_id, ver, cnt, published, title, author_id, author_name,
  read_cnt, day, day_cnt, day_ver
FROM article_events ORDER BY id LIMIT $1)sql";

constexpr auto next_priority = R"sql(
SELECT priority FROM sms_messages WHERE state = 0 AND priority > $1
ORDER BY priority LIMIT 1)sql";

constexpr auto select_due = joined_sql<"SELECT ", message_columns, R"sql(
FROM sms_messages INDEXED BY sms_messages_ready
WHERE state = 0 AND priority = $1 AND run_at <= $2
ORDER BY run_at, id LIMIT $3)sql">;

constexpr auto lease_row = R"sql(
UPDATE sms_messages SET state = 1, lease_token = $1, lease_until = $2 WHERE id = $3)sql";

// The first eight values of `change_with_attempt`; $1 tells whether there is an attempt.
constexpr auto insert_attempt = R"sql(
INSERT INTO sms_attempts (provider, outcome, provider_code, text, started_at, took_ms,
  message_id)
SELECT $2, $3, $4, $5, $6, $7, $8 WHERE $1)sql";

constexpr auto raise_sequence =
    "UPDATE sqlite_sequence SET seq = seq + $2 WHERE name = $1";
constexpr auto begin_sequence = "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)";

result<bool> change_like(handle& db, const like_article& c) {
  const auto read_day = [](row& r) {
    return r.number<std::int32_t>();
  };
  auto day =
      c.like ? db.one(insert_like, read_day, c.id, c.user, day_of(c.now, c.utc_offset))
             : db.one(delete_like, read_day, c.id, c.user);
  if (!day)
    return day.error();
  if (!*day)
    return false;
  const auto change = c.like ? 1 : -1;
  if (auto counted = db.exec(add_to_likes, change, c.id); !counted)
    return counted.error();
  if (auto counted = db.exec(add_to_day, c.id, **day, change); !counted)
    return counted.error();
  if (auto written = write_event(db, c.id, **day, c.now); !written)
    return written.error();
  return true;
}

result<done> leave_out_ids(handle& db, std::string_view table, std::int64_t number) {
  auto raised = db.exec(raise_sequence, table, number);
  // A table that never had a row has none in sqlite_sequence either.
  if (raised && *raised == 0)
    raised = db.exec(begin_sequence, table, number);
  return as_done(raised);
}

result<done> write_reads(handle& db, const add_reads& command) {
  for (const auto& [id, reads] : command.reads)
    if (auto added = db.exec(add_to_reads, reads, id); !added)
      return added.error();
  return done{};
}

// There is one publisher, so every unconfirmed event is its own. One more than is asked
// for tells how old those beyond the limit are.
result<stored_events> read_pending(handle& db, const pending_events& command) {
  auto events = db.all(select_pending, read_stored, command.limit + 1);
  if (!events)
    return events.error();
  stored_events out{std::move(*events), command.now};
  if (std::ssize(out.events) > command.limit) {
    out.complete_until = std::min(out.complete_until, out.events.back().stored_at);
    out.events.pop_back();
  }
  return out;
}

/// Ready rows that are due, priority by priority: a seek for each, so that rows which
/// wait for a later `run_at` cost nothing.
result<std::vector<sms_message>> due_messages(handle& db, wall_time now,
                                              std::int64_t limit) {
  std::vector<sms_message> out;
  auto after = std::numeric_limits<std::int64_t>::min();
  while (std::ssize(out) < limit) {
    auto priority = db.one(next_priority, read_number, after);
    if (!priority)
      return priority.error();
    if (!*priority)
      break;
    after = **priority;
    auto rows = db.all(select_due, read_message, after, now, limit - std::ssize(out));
    if (!rows)
      return rows.error();
    std::move(rows->begin(), rows->end(), std::back_inserter(out));
  }
  return out;
}

result<std::vector<sms_message>> claim(handle& db, const claim_messages& command) {
  auto due = due_messages(db, command.now, command.limit);
  if (!due)
    return due;
  for (auto& m : *due) {
    m.state = message_state::leased;
    m.lease_token += 1;
    m.lease_until = command.now + command.lease;
    if (auto leased = db.exec(lease_row, m.lease_token, m.lease_until, m.id); !leased)
      return leased.error();
  }
  return due;
}

result<std::int64_t> change_with_attempt(handle& db, const char* update,
                                         std::span<const parameter> values) {
  auto changed = db.exec_with(update, values);
  if (!changed || *changed == 0)
    return changed;
  if (auto tried = db.exec_with(insert_attempt, values.first(8)); !tried)
    return tried;
  return changed;
}

} // namespace

} // namespace sqlite_statements

constinit const dialect sqlite_dialect{
    .insert_event = sqlite_statements::insert_event,
    .insert_events_of_author = sqlite_statements::insert_events_of_author,
    .change_like = sqlite_statements::change_like,
    .leave_out_ids = sqlite_statements::leave_out_ids,
    .add_reads = sqlite_statements::write_reads,
    .read_pending = sqlite_statements::read_pending,
    .claim = sqlite_statements::claim,
    .change_with_attempt = sqlite_statements::change_with_attempt,
};

} // namespace tinybook::storage
