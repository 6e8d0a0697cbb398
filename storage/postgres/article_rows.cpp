#include "storage/postgres/article_rows.hpp"

namespace tinybook::storage::postgres {

namespace {

// An event is not stored later than it is committed, whichever clock goes ahead: see
// event_store.cpp.
constexpr auto insert_event = R"sql(
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT least($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint), 'article',
  s.article_id, s.ver, s.like_cnt, s.published, s.title, s.author_id, s.author_name,
  s.read_cnt, $3::integer, coalesce(d.cnt, 0), coalesce(d.ver, 0)
FROM article_stats s
LEFT JOIN like_days d ON d.article_id = s.article_id AND d.day = $3
WHERE s.article_id = $2)sql";

// In this order, like everyone who takes several.
constexpr auto lock_stats_of_author = R"sql(
SELECT article_id FROM article_stats
WHERE article_id IN (SELECT id FROM published_articles WHERE author_id = $1)
ORDER BY article_id FOR UPDATE)sql";

constexpr auto rename_in_stats = R"sql(
UPDATE article_stats SET author_name = $1, ver = ver + 1
WHERE article_id IN (SELECT id FROM published_articles WHERE author_id = $2))sql";

constexpr auto insert_events_of_author = R"sql(
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT least($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint), 'article',
  article_id, ver, like_cnt, published, title,
  author_id, author_name, read_cnt, 0, 0, 0
FROM article_stats
WHERE article_id IN (SELECT id FROM published_articles WHERE author_id = $2)
ORDER BY article_id)sql";

} // namespace

result<done> tell(handle& db, article_id id, std::int32_t day, wall_time now) {
  if (auto told = db.exec(insert_event, now, id, day); !told)
    return told.error();
  return done{};
}

result<done> rename_author(handle& db, user_id author, std::string_view name,
                           wall_time now) {
  if (auto locked = db.exec(lock_stats_of_author, author); !locked)
    return locked.error();
  if (auto renamed = db.exec(rename_in_stats, name, author); !renamed)
    return renamed.error();
  if (auto told = db.exec(insert_events_of_author, now, author); !told)
    return told.error();
  return done{};
}

article_event read_event(row& r) {
  return {.biz = r.text(),
          .id = r.number(),
          .ver = r.number(),
          .cnt = r.number(),
          .published = r.flag(),
          .title = r.text(),
          .author_id = r.number(),
          .author_name = r.text(),
          .read_cnt = r.number(),
          .day = r.number<std::int32_t>(),
          .day_cnt = r.number(),
          .day_ver = r.number()};
}

} // namespace tinybook::storage::postgres
