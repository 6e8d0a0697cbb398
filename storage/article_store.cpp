#include "storage/article_store.hpp"

#include "storage/author_totals.hpp"
#include "storage/dialect.hpp"
#include "storage/handle.hpp"
#include "storage/joined_sql.hpp"
#include "storage/shared_steps.hpp"

#include <limits>
#include <optional>
#include <utility>

namespace tinybook::storage {

namespace {

// Ordered, like everywhere that several are locked.
constexpr auto lock_stats_of_author = R"sql(
SELECT article_id FROM article_stats
WHERE article_id IN (SELECT id FROM published_articles WHERE author_id = $1)
ORDER BY article_id FOR UPDATE)sql";

constexpr auto rename_in_stats = R"sql(
UPDATE article_stats SET author_name = $1, ver = ver + 1
WHERE article_id IN (SELECT id FROM published_articles WHERE author_id = $2))sql";

// Publishing makes both times the same.
constexpr sql_part own_summary = R"sql(
SELECT a.id, a.title, a.abstract, a.status, a.created_at, a.updated_at, a.author_id,
  u.nickname, EXISTS (SELECT 1 FROM published_articles p WHERE p.id = a.id
    AND p.updated_at <> a.updated_at AND (p.title <> a.title OR p.content <> a.content)),
  EXISTS (SELECT 1 FROM taken_down_articles t WHERE t.article_id = a.id))sql";

constexpr auto select_own = joined_sql<own_summary, R"sql(
FROM articles a JOIN users u ON u.id = a.author_id
WHERE a.author_id = $1 ORDER BY a.updated_at DESC, a.id DESC LIMIT $2 OFFSET $3)sql">;

constexpr auto select_own_detail =
    joined_sql<own_summary,
               R"sql(, a.content, coalesce(s.read_cnt, 0), coalesce(s.like_cnt, 0),
  coalesce(s.collect_cnt, 0),
  EXISTS (SELECT 1 FROM likes WHERE article_id = a.id AND user_id = $2),
  EXISTS (SELECT 1 FROM collections WHERE article_id = a.id AND user_id = $2)
FROM articles a JOIN users u ON u.id = a.author_id
LEFT JOIN article_stats s ON s.article_id = a.id
WHERE a.id = $1)sql">;

constexpr auto select_public_detail = R"sql(
SELECT p.id, p.title, p.abstract, 2, p.created_at, p.updated_at, p.author_id,
  u.nickname, false, false, p.content, s.read_cnt, s.like_cnt, s.collect_cnt,
  EXISTS (SELECT 1 FROM likes WHERE article_id = p.id AND user_id = $2),
  EXISTS (SELECT 1 FROM collections WHERE article_id = p.id AND user_id = $2)
FROM published_articles p JOIN users u ON u.id = p.author_id
JOIN article_stats s ON s.article_id = p.id
WHERE p.id = $1)sql";

constexpr auto select_newest = R"sql(
SELECT p.id, p.title, p.abstract, 2, p.created_at, p.updated_at, p.author_id,
  u.nickname, false, false
FROM published_articles p JOIN users u ON u.id = p.author_id
WHERE p.id < $1 ORDER BY p.id DESC LIMIT $2)sql";

constexpr auto select_board_rows = R"sql(
SELECT 'article', article_id, ver, like_cnt, published, title, author_id, author_name,
  read_cnt, 0, 0, 0
FROM article_stats WHERE article_id > $1 ORDER BY article_id LIMIT $2)sql";

constexpr auto select_top = R"sql(
SELECT 'article', article_id, ver, like_cnt, published, title, author_id, author_name,
  read_cnt, 0, 0, 0
FROM article_stats /* sqlite: INDEXED BY article_stats_top */
WHERE published AND /* sqlite: published = 1 AND */ like_cnt > 0
ORDER BY like_cnt DESC, article_id DESC LIMIT $1)sql";

// One page may begin within the days of an article. The last condition follows from the
// first, which the planner does not see: it would walk article_stats from its start.
constexpr auto select_board_days = R"sql(
SELECT 'article', s.article_id, s.ver, s.like_cnt, s.published, s.title, s.author_id,
  s.author_name, s.read_cnt, d.day, d.cnt, d.ver
FROM like_days d JOIN article_stats s ON s.article_id = d.article_id
WHERE (d.article_id, d.day) > ($1, $2) AND d.day >= $3
  /* not sqlite */ AND s.article_id >= $1 /* end */
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
          .author_name = r.text(),
          .unpublished_changes = r.flag(),
          .taken_down = r.flag()};
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

constexpr auto insert_article = R"sql(
INSERT INTO articles (author_id, title, abstract, content, status, created_at, updated_at)
SELECT id, $2, $3, $4, $5::smallint, $6::bigint, $6::bigint FROM users WHERE id = $1
RETURNING id)sql";

// Locked before the article, as likes do. There is no row where the article was never
// published.
constexpr auto lock_stats =
    "SELECT 1 FROM article_stats WHERE article_id = $1 FOR UPDATE";

constexpr auto lock_owner = R"sql(
SELECT author_id, status, updated_at,
  /* not sqlite */ octet_length(content) /* end */
  /* sqlite: length(CAST(content AS BLOB)) */
FROM articles WHERE id = $1 FOR NO KEY UPDATE)sql";

constexpr auto select_taken_down =
    "SELECT 1 FROM taken_down_articles WHERE article_id = $1";

// Keeps a ban or a deletion of the author waiting, or waits for it.
constexpr auto share_author = R"sql(
SELECT 1 FROM users WHERE id = $1 AND banned_at = 0 AND leaves_at = 0 FOR KEY SHARE)sql";

constexpr auto update_text = R"sql(
UPDATE articles SET title = $1, abstract = $2, content = $3, status = $4, updated_at = $5
WHERE id = $6)sql";

constexpr auto upsert_public_copy = R"sql(
INSERT INTO published_articles (id, author_id, title, abstract, content, created_at,
  updated_at)
SELECT id, author_id, title, abstract, content, created_at, updated_at
FROM articles WHERE id = $1
ON CONFLICT (id) DO UPDATE SET title = excluded.title, abstract = excluded.abstract,
  content = excluded.content, updated_at = excluded.updated_at)sql";

constexpr auto upsert_published_stats = R"sql(
INSERT INTO article_stats (article_id, ver, published, title, author_id, author_name)
SELECT a.id, 1, true, a.title, a.author_id, u.nickname
FROM articles a JOIN users u ON u.id = a.author_id WHERE a.id = $1
ON CONFLICT (article_id) DO UPDATE SET ver = article_stats.ver + 1, published = true,
  title = excluded.title, author_name = excluded.author_name)sql";

constexpr auto mark_withdrawn =
    "UPDATE articles SET status = 3, updated_at = $1 WHERE id = $2";

constexpr auto delete_public_copy = "DELETE FROM published_articles WHERE id = $1";

constexpr auto delete_hidden_copy = "DELETE FROM hidden_articles WHERE id = $1";

constexpr auto unpublish_stats =
    "UPDATE article_stats SET ver = ver + 1, published = false WHERE article_id = $1";

// Days keep a version of their own for the same reason as the article does.
constexpr auto empty_days = R"sql(
UPDATE like_days SET cnt = 0, ver = ver + 1 WHERE article_id = $1 AND cnt > 0)sql";

constexpr auto leave_tombstone = R"sql(
UPDATE article_stats
SET ver = ver + 1, like_cnt = 0, collect_cnt = 0, read_cnt = 0, published = false,
  deleted = true, title = '', author_name = ''
WHERE article_id = $1)sql";

// Cascades to the public copy, likes and collections.
constexpr auto delete_row = "DELETE FROM articles WHERE id = $1";

// The row is written before the work: of two requests with one key, the later waits until
// the other has ended.
constexpr auto take_key = R"sql(
INSERT INTO kept_answers (user_id, key_hash, request_hash, article_id, created_at)
VALUES ($1, $2, $3, 0, $4)
ON CONFLICT (user_id, key_hash) DO UPDATE SET request_hash = excluded.request_hash,
  article_id = 0, created_at = excluded.created_at
WHERE kept_answers.created_at <= $5)sql";

constexpr auto select_answer = R"sql(
SELECT request_hash, article_id FROM kept_answers WHERE user_id = $1 AND key_hash = $2)sql";

constexpr auto keep_answer = R"sql(
UPDATE kept_answers SET article_id = $1 WHERE user_id = $2 AND key_hash = $3)sql";

constexpr auto remove_old_answers = R"sql(
DELETE FROM kept_answers WHERE (user_id, key_hash) IN (
  SELECT user_id, key_hash FROM kept_answers WHERE created_at <= $1
  ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))sql";

struct kept_answer {
  std::string request;
  article_id id = 0;
};

kept_answer read_answer(row& r) {
  return {.request = r.text(), .id = r.number()};
}

struct stored_article {
  user_id author = 0;
  article_status status = article_status::draft;
  wall_time updated_at{};
  std::int64_t bytes = 0; ///< Of the content.
};

stored_article read_stored_article(row& r) {
  return {.author = r.number(),
          .status = r.number<article_status>(),
          .updated_at = r.time(),
          .bytes = r.number()};
}

/// The article, which must be the author's; locks it until the transaction ends.
result<stored_article> own_article_of(handle& db, article_id id, user_id author) {
  if (auto locked = db.exec(lock_stats, id); !locked)
    return locked.error();
  auto found = db.one(lock_owner, read_stored_article, id);
  if (!found)
    return found.error();
  if (!*found)
    return errc::article_not_found;
  if ((*found)->author != author)
    return errc::not_author;
  return **found;
}

result<article_id> add_article(handle& db, const article_text& text,
                               article_status status, wall_time now) {
  auto added = db.one(
      insert_article, [](row& r) { return r.number(); }, text.author, text.title,
      text.abstract, text.content, status, now);
  if (!added)
    return added.error();
  if (!*added)
    return errc::user_not_found;
  return **added;
}

result<article_id> change_article(handle& db, const article_text& text,
                                  article_status status, wall_time now) {
  auto written =
      db.exec(update_text, text.title, text.abstract, text.content, status, now, text.id);
  if (!written)
    return written.error();
  return text.id;
}

/// Runs the statements, each with the id of the article, in their order.
template <class... Sql>
result<done> run_for(handle& db, article_id id, Sql... statements) {
  result<done> out{done{}};
  const auto run = [&](const char* sql) {
    auto ran = db.exec(sql, id);
    if (!ran)
      out = ran.error();
    return ran.ok();
  };
  static_cast<void>((run(statements) && ...));
  return out;
}

/// Writes the author's copy with the status `become(present)`, a new one is a draft
/// before. Fails where that does, and where the author may have no more: what was written
/// until then is undone with the transaction.
template <class Become>
result<article_id> write_copy(handle& db, const article_text& text,
                              const article_bounds& bounds, wall_time now,
                              Become become) {
  auto before = text.id == 0 ? result<stored_article>{stored_article{}}
                             : own_article_of(db, text.id, text.author);
  if (!before)
    return before.error();
  auto status = become(before->status);
  if (!status)
    return status.error();
  auto id = text.id == 0 ? add_article(db, text, *status, now)
                         : change_article(db, text, *status, now);
  if (!id || bounds.off())
    return id;
  const article_change change{text.author, *id, before->updated_at, text.id == 0 ? 1 : 0,
                              std::ssize(text.content) - before->bytes};
  if (auto counted = count_change(db, change, bounds); !counted)
    return counted.error();
  return id;
}

result<article_id> write_draft(handle& db, const save_draft& command) {
  return write_copy(
      db, command.text, command.bounds, command.now,
      [](article_status status) -> result<article_status> { return status; });
}

result<article_id> write_both_copies(handle& db, const publish_article& command) {
  const auto now = command.now;
  const auto published = [&](article_status /*before*/) -> result<article_status> {
    if (command.text.id == 0)
      return article_status::published;
    auto down = db.one(select_taken_down, read_number, command.text.id);
    if (!down)
      return down.error();
    if (*down)
      return errc::article_taken_down;
    return article_status::published;
  };
  auto id = write_copy(db, command.text, command.bounds, now, published);
  if (!id)
    return id;
  if (auto ran = run_for(db, *id, upsert_public_copy, upsert_published_stats); !ran)
    return ran.error();
  if (auto written = write_event(db, *id, 0, now); !written)
    return written.error();
  return id;
}

/// Runs `work`, which saves an article of `user` and returns its id, within the present
/// transaction; or returns what it returned to the same request with the same key within
/// a day. Fails with `key_reused` where the key stood for another request, else as `work`
/// does, whose failures are not kept.
template <class Work>
result<saved_article> once(handle& db, user_id user,
                           const std::optional<repeatable>& what, wall_time now,
                           Work work) {
  if (what) {
    auto taken = db.exec(take_key, user, what->key_hash, what->request_hash, now,
                         now - answer_kept_for);
    if (!taken)
      return taken.error();
    if (*taken == 0) {
      auto kept = db.one(select_answer, read_answer, user, what->key_hash);
      if (!kept)
        return kept.error();
      if (!*kept || (*kept)->request != what->request_hash)
        return errc::key_reused;
      return saved_article{.id = (*kept)->id, .repeated = true};
    }
  }
  auto id = work();
  if (!id)
    return id.error();
  if (what)
    if (auto written = db.exec(keep_answer, *id, user, what->key_hash); !written)
      return written.error();
  return saved_article{.id = *id};
}

} // namespace

result<done> write_event(handle& db, article_id id, std::int32_t day, wall_time now) {
  if (auto written = db.exec(db.dialect().insert_event, now, id, day); !written)
    return written.error();
  return done{};
}

result<done> rename_author(handle& db, user_id author, std::string_view name,
                           wall_time now) {
  if (auto locked = db.exec(lock_stats_of_author, author); !locked)
    return locked.error();
  if (auto renamed = db.exec(rename_in_stats, name, author); !renamed)
    return renamed.error();
  if (auto written = db.exec(db.dialect().insert_events_of_author, now, author); !written)
    return written.error();
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

result<article_list> run(handle& db, const list_own_articles& command) {
  auto items =
      db.all(select_own, read_summary, command.author, command.limit, command.offset);
  if (!items)
    return items.error();
  return article_list{std::move(*items), 0};
}

result<article_detail> run(handle& db, const find_own_article& command) {
  auto found =
      found_or_absent(db.one(select_own_detail, read_detail, command.id, command.author));
  if (found && found->summary.author != command.author)
    return errc::not_author;
  return found;
}

result<article_detail> run(handle& db, const find_saved_article& command) {
  const auto kept = db.one(select_answer, read_answer, command.author, command.key_hash);
  if (!kept)
    return kept.error();
  return run(db, find_own_article{*kept ? (*kept)->id : 0, command.author});
}

result<article_detail> run(handle& db, const find_public_article& command) {
  return found_or_absent(
      db.one(select_public_detail, read_detail, command.id, command.viewer));
}

result<article_list> run(handle& db, const list_newest_articles& command) {
  const auto below =
      command.after == 0 ? std::numeric_limits<article_id>::max() : command.after;
  // One more than is asked for tells whether there is a next page.
  auto items = db.all(select_newest, read_summary, below, command.limit + 1);
  if (!items)
    return items.error();
  article_list out{std::move(*items), 0};
  if (std::ssize(out.items) > command.limit) {
    out.items.pop_back();
    out.next = out.items.empty() ? 0 : out.items.back().id;
  }
  return out;
}

result<event_page> run(handle& db, const list_board_rows& command) {
  return paged(db.all(select_board_rows, read_event, command.after, command.limit));
}

result<event_page> run(handle& db, const list_board_days& command) {
  return paged(db.all(select_board_days, read_event, command.after, command.after_day,
                      command.from_day, command.limit));
}

result<event_page> run(handle& db, const list_top_articles& command) {
  if (command.from_day != 0)
    return paged(db.all(select_top_of_days, read_event, command.from_day, command.to_day,
                        command.limit));
  return paged(db.all(select_top, read_event, command.limit));
}

result<saved_article> run(handle& db, const save_draft& command) {
  return db.transact_alone([&] {
    return once(db, command.text.author, command.repeat, command.now,
                [&] { return write_draft(db, command); });
  });
}

result<saved_article> run(handle& db, const publish_article& command) {
  const auto& text = command.text;
  return db.transact_alone([&]() -> result<saved_article> {
    auto author = db.one(share_author, read_number, text.author);
    if (!author)
      return author.error();
    if (!*author)
      return errc::user_not_found;
    return once(db, text.author, command.repeat, command.now,
                [&] { return write_both_copies(db, command); });
  });
}

result<done> run(handle& db, const withdraw_article& command) {
  return db.transact_alone([&]() -> result<done> {
    auto mine = own_article_of(db, command.id, command.author);
    if (!mine)
      return mine.error();
    if (mine->status != article_status::published)
      return errc::wrong_state;
    if (auto marked = db.exec(mark_withdrawn, command.now, command.id); !marked)
      return marked.error();
    const article_change change{command.author, command.id, mine->updated_at};
    if (auto counted = count_change(db, change); !counted)
      return counted;
    if (auto ran = run_for(db, command.id, delete_public_copy, delete_hidden_copy,
                           unpublish_stats);
        !ran)
      return ran.error();
    return write_event(db, command.id, 0, command.now);
  });
}

result<done> run(handle& db, const delete_article& command) {
  return db.transact_alone([&]() -> result<done> {
    auto mine = own_article_of(db, command.id, command.author);
    if (!mine)
      return mine.error();
    if (auto ran = run_for(db, command.id, empty_days, leave_tombstone, delete_row); !ran)
      return ran.error();
    const article_change change{command.author, command.id, mine->updated_at, -1,
                                -mine->bytes};
    if (auto counted = count_change(db, change); !counted)
      return counted;
    // Writes nothing where the article was never published: it has no version.
    return write_event(db, command.id, 0, command.now);
  });
}

result<removed_count> run(handle& db, const remove_kept_answers& command) {
  auto removed =
      db.exec(remove_old_answers, command.now - answer_kept_for, command.limit);
  if (!removed)
    return removed.error();
  return removed_count{*removed};
}

} // namespace tinybook::storage
