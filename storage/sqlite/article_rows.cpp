#include "storage/sqlite/article_rows.hpp"

namespace tinybook::storage::sqlite {

namespace {

constexpr auto rename_in_stats = R"sql(
UPDATE article_stats SET author_name = ?, ver = ver + 1
WHERE article_id IN (SELECT id FROM published_articles WHERE author_id = ?))sql";

constexpr auto tell_of_author = R"sql(
INSERT INTO article_events (stored_at, biz, article_id, ver, cnt, published, title,
  author_id, author_name, read_cnt, day, day_cnt, day_ver)
SELECT ?1, 'article', article_id, ver, like_cnt, published, title,
  author_id, author_name, read_cnt, 0, 0, 0
FROM article_stats
WHERE article_id IN (SELECT id FROM published_articles WHERE author_id = ?2)
ORDER BY article_id)sql";

} // namespace

result<done> rename_author(handle& db, user_id author, std::string_view name,
                           wall_time now) {
  if (auto renamed = db.exec(rename_in_stats, name, author); !renamed)
    return renamed.error();
  if (auto told = db.exec(tell_of_author, now, author); !told)
    return told.error();
  return done{};
}

} // namespace tinybook::storage::sqlite
