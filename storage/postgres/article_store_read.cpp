#include "storage/postgres/article_rows.hpp"
#include "storage/postgres/article_store.hpp"

#include <limits>
#include <utility>

namespace tinybook::storage::postgres {

namespace {

constexpr auto select_own = R"sql(
SELECT a.id, a.title, a.abstract, a.status, a.created_at, a.updated_at, a.author_id,
  u.nickname
FROM articles a JOIN users u ON u.id = a.author_id
WHERE a.author_id = $1 ORDER BY a.updated_at DESC, a.id DESC LIMIT $2 OFFSET $3)sql";

constexpr auto select_own_detail = R"sql(
SELECT a.id, a.title, a.abstract, a.status, a.created_at, a.updated_at, a.author_id,
  u.nickname, a.content, coalesce(s.read_cnt, 0), coalesce(s.like_cnt, 0),
  coalesce(s.collect_cnt, 0),
  EXISTS (SELECT 1 FROM likes WHERE article_id = a.id AND user_id = $2),
  EXISTS (SELECT 1 FROM collections WHERE article_id = a.id AND user_id = $2)
FROM articles a JOIN users u ON u.id = a.author_id
LEFT JOIN article_stats s ON s.article_id = a.id
WHERE a.id = $1)sql";

constexpr auto select_public_detail = R"sql(
SELECT p.id, p.title, p.abstract, 2, p.created_at, p.updated_at, p.author_id,
  u.nickname, p.content, s.read_cnt, s.like_cnt, s.collect_cnt,
  EXISTS (SELECT 1 FROM likes WHERE article_id = p.id AND user_id = $2),
  EXISTS (SELECT 1 FROM collections WHERE article_id = p.id AND user_id = $2)
FROM published_articles p JOIN users u ON u.id = p.author_id
JOIN article_stats s ON s.article_id = p.id
WHERE p.id = $1)sql";

constexpr auto select_newest = R"sql(
SELECT p.id, p.title, p.abstract, 2, p.created_at, p.updated_at, p.author_id, u.nickname
FROM published_articles p JOIN users u ON u.id = p.author_id
WHERE p.id < $1 ORDER BY p.id DESC LIMIT $2)sql";

constexpr auto select_board_rows = R"sql(
SELECT 'article', article_id, ver, like_cnt, published, title, author_id, author_name,
  read_cnt, 0, 0, 0
FROM article_stats WHERE article_id > $1 ORDER BY article_id LIMIT $2)sql";

constexpr auto select_top = R"sql(
SELECT 'article', article_id, ver, like_cnt, published, title, author_id, author_name,
  read_cnt, 0, 0, 0
FROM article_stats WHERE published AND like_cnt > 0
ORDER BY like_cnt DESC, article_id DESC LIMIT $1)sql";

// One page may begin within the days of an article. The last condition follows from the
// first, which the planner does not see: it would walk article_stats from its start.
constexpr auto select_board_days = R"sql(
SELECT 'article', s.article_id, s.ver, s.like_cnt, s.published, s.title, s.author_id,
  s.author_name, s.read_cnt, d.day, d.cnt, d.ver
FROM like_days d JOIN article_stats s ON s.article_id = d.article_id
WHERE (d.article_id, d.day) > ($1, $2) AND d.day >= $3 AND s.article_id >= $1
ORDER BY d.article_id, d.day LIMIT $4)sql";

// Sorted before it is joined, so that only rows which are shown are looked up.
constexpr auto select_top_of_days = R"sql(
SELECT 'article', s.article_id, s.ver, d.likes, s.published, s.title, s.author_id,
  s.author_name, s.read_cnt, 0, 0, 0
FROM (
  SELECT article_id, sum(cnt)::bigint AS likes FROM like_days
  WHERE day BETWEEN $1 AND $2 AND cnt > 0
  GROUP BY article_id ORDER BY likes DESC, article_id DESC) AS d
JOIN article_stats s ON s.article_id = d.article_id
WHERE s.published ORDER BY d.likes DESC, d.article_id DESC LIMIT $3)sql";

article_summary read_summary(row& r) {
  return {.id = r.number(),
          .title = r.text(),
          .abstract = r.text(),
          .status = r.number<article_status>(),
          .created_at = r.time(),
          .updated_at = r.time(),
          .author = r.number(),
          .author_name = r.text()};
}

article_detail read_detail(row& r) {
  return {.summary = read_summary(r),
          .content = r.text(),
          .read_count = r.number(),
          .like_count = r.number(),
          .collect_count = r.number(),
          .liked = r.flag(),
          .collected = r.flag()};
}

result<article_detail> found_or_absent(result<std::optional<article_detail>> found) {
  if (!found)
    return found.error();
  if (!*found)
    return errc::article_not_found;
  return std::move(**found);
}

result<event_page> paged(result<std::vector<article_event>> events) {
  if (!events)
    return events.error();
  return event_page{std::move(*events)};
}

} // namespace

result<article_list> postgres_article_store::run(const list_own_articles& command) {
  auto items =
      db_.all(select_own, read_summary, command.author, command.limit, command.offset);
  if (!items)
    return items.error();
  return article_list{std::move(*items), 0};
}

result<article_detail> postgres_article_store::run(const find_own_article& command) {
  auto found = found_or_absent(
      db_.one(select_own_detail, read_detail, command.id, command.author));
  if (found && found->summary.author != command.author)
    return errc::not_author;
  return found;
}

result<article_detail> postgres_article_store::run(const find_public_article& command) {
  return found_or_absent(
      db_.one(select_public_detail, read_detail, command.id, command.viewer));
}

result<article_list> postgres_article_store::run(const list_newest_articles& command) {
  const auto below =
      command.after == 0 ? std::numeric_limits<article_id>::max() : command.after;
  // One more than is asked for tells whether there is a next page.
  auto items = db_.all(select_newest, read_summary, below, command.limit + 1);
  if (!items)
    return items.error();
  article_list out{std::move(*items), 0};
  if (std::ssize(out.items) > command.limit) {
    out.items.pop_back();
    out.next = out.items.empty() ? 0 : out.items.back().id;
  }
  return out;
}

result<event_page> postgres_article_store::run(const list_board_rows& command) {
  return paged(db_.all(select_board_rows, read_event, command.after, command.limit));
}

result<event_page> postgres_article_store::run(const list_board_days& command) {
  return paged(db_.all(select_board_days, read_event, command.after, command.after_day,
                       command.from_day, command.limit));
}

result<event_page> postgres_article_store::run(const list_top_articles& command) {
  if (command.from_day != 0)
    return paged(db_.all(select_top_of_days, read_event, command.from_day, command.to_day,
                         command.limit));
  return paged(db_.all(select_top, read_event, command.limit));
}

} // namespace tinybook::storage::postgres
