#include "storage/postgres/article_rows.hpp"
#include "storage/postgres/article_store.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace tinybook::storage::postgres {

namespace {

// Whoever changes an article's counts holds this row: likes of it come one after the
// other.
constexpr auto lock_likes = R"sql(
SELECT like_cnt, EXISTS (SELECT 1 FROM users WHERE id = $2)
FROM article_stats WHERE article_id = $1 AND published FOR UPDATE OF article_stats)sql";

constexpr auto try_lock_likes = R"sql(
SELECT like_cnt, EXISTS (SELECT 1 FROM users WHERE id = $2)
FROM article_stats WHERE article_id = $1 AND published
FOR UPDATE OF article_stats SKIP LOCKED)sql";

// The membership, its counts and its event in one statement; no row where nothing
// changed.
constexpr auto add_like = R"sql(
WITH changed AS (
  INSERT INTO likes (article_id, user_id, day) VALUES ($1, $2, $3)
  ON CONFLICT DO NOTHING RETURNING day),
stats AS (
  UPDATE article_stats SET like_cnt = like_cnt + 1, ver = ver + 1
  WHERE article_id = $1 AND EXISTS (SELECT 1 FROM changed) RETURNING *),
days AS (
  INSERT INTO like_days AS d (article_id, day, cnt, ver) SELECT $1, day, 1, 1 FROM changed
  ON CONFLICT (article_id, day) DO UPDATE SET cnt = d.cnt + 1, ver = d.ver + 1
  RETURNING day, cnt, ver)
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT least($4::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint),
  'article', s.article_id, s.ver, s.like_cnt, s.published, s.title, s.author_id,
  s.author_name, s.read_cnt, d.day, d.cnt, d.ver
FROM stats s, days d)sql";

constexpr auto take_like = R"sql(
WITH changed AS (
  DELETE FROM likes WHERE article_id = $1 AND user_id = $2 RETURNING day),
stats AS (
  UPDATE article_stats SET like_cnt = like_cnt - 1, ver = ver + 1
  WHERE article_id = $1 AND EXISTS (SELECT 1 FROM changed) RETURNING *),
days AS (
  INSERT INTO like_days AS d (article_id, day, cnt, ver) SELECT $1, day, 0, 1 FROM changed
  ON CONFLICT (article_id, day) DO UPDATE SET cnt = d.cnt - 1, ver = d.ver + 1
  RETURNING day, cnt, ver)
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT least($3::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint),
  'article', s.article_id, s.ver, s.like_cnt, s.published, s.title, s.author_id,
  s.author_name, s.read_cnt, d.day, d.cnt, d.ver
FROM stats s, days d)sql";

constexpr auto collect = R"sql(
WITH added AS (
  INSERT INTO collections AS c (article_id, user_id, collection, created_at)
  VALUES ($1, $2, $3, $4)
  ON CONFLICT (article_id, user_id) DO UPDATE SET collection = excluded.collection
  RETURNING c.xmax = 0 AS is_new)
UPDATE article_stats SET collect_cnt = collect_cnt + 1
WHERE article_id = $1 AND (SELECT is_new FROM added))sql";

constexpr auto add_to_reads = R"sql(
WITH locked AS (
  SELECT article_id FROM article_stats
  WHERE article_id = ANY($1::bigint[]) AND NOT deleted
  ORDER BY article_id FOR UPDATE)
UPDATE article_stats s SET read_cnt = s.read_cnt + r.reads
FROM unnest($1::bigint[], $2::bigint[]) AS r (id, reads)
WHERE s.article_id = r.id AND r.id IN (SELECT article_id FROM locked))sql";

struct likes_row {
  std::int64_t count = 0;
  bool user_exists = false;
};

likes_row read_likes(row& r) {
  return {.count = r.number(), .user_exists = r.flag()};
}

/// How often a published article is liked, as far as `user` may like it; its row is
/// locked. A batch does not wait for the row but puts the write off.
result<std::int64_t> lock(handle& db, article_id id, user_id user) {
  auto found = db.one(db.in_batch() ? try_lock_likes : lock_likes, read_likes, id, user);
  if (!found)
    return found.error();
  if (!*found && db.in_batch())
    return db.put_off();
  if (!*found)
    return errc::article_not_found;
  if (!(*found)->user_exists)
    return errc::user_not_found;
  return (*found)->count;
}

} // namespace

result<like_outcome> postgres_article_store::run(const like_article& command) {
  const auto& c = command;
  return db_.transact([&]() -> result<like_outcome> {
    auto before = lock(db_, c.id, c.user);
    if (!before)
      return before.error();
    auto changed =
        c.like ? db_.exec(add_like, c.id, c.user, day_of(c.now, c.utc_offset), c.now)
               : db_.exec(take_like, c.id, c.user, c.now);
    if (!changed)
      return changed.error();
    if (*changed == 0)
      return like_outcome{false, *before};
    return like_outcome{true, *before + (c.like ? 1 : -1)};
  });
}

result<done> postgres_article_store::run(const collect_article& command) {
  const auto& c = command;
  return db_.transact([&]() -> result<done> {
    if (auto likes = lock(db_, c.id, c.user); !likes)
      return likes.error();
    return as_done(db_.exec(collect, c.id, c.user, c.collection, c.now));
  });
}

result<done> postgres_article_store::run(const add_reads& command) {
  std::map<article_id, std::int64_t> sums;
  for (const auto& [id, reads] : command.reads)
    sums[id] += reads;
  std::vector<std::int64_t> ids;
  std::vector<std::int64_t> reads;
  for (const auto& [id, sum] : sums) {
    ids.push_back(id);
    reads.push_back(sum);
  }
  return db_.transact_alone(
      [&]() -> result<done> { return as_done(db_.exec(add_to_reads, ids, reads)); });
}

} // namespace tinybook::storage::postgres
