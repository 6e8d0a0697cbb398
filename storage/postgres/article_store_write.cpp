#include "storage/postgres/article_rows.hpp"
#include "storage/postgres/article_store.hpp"

namespace tinybook::storage::postgres {

namespace {

constexpr auto insert_article = R"sql(
INSERT INTO articles (author_id, title, abstract, content, status, created_at, updated_at)
SELECT id, $2, $3, $4, $5::smallint, $6::bigint, $6::bigint FROM users WHERE id = $1
RETURNING id)sql";

// Before the article, for that is the order in which likes take them. There is none where
// the article was never published.
constexpr auto lock_stats =
    "SELECT 1 FROM article_stats WHERE article_id = $1 FOR UPDATE";

constexpr auto lock_owner =
    "SELECT author_id, status FROM articles WHERE id = $1 FOR NO KEY UPDATE";

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

constexpr auto unpublish_stats =
    "UPDATE article_stats SET ver = ver + 1, published = false WHERE article_id = $1";

// Days keep a version of their own for the same reason as the article does.
constexpr auto empty_days = R"sql(
UPDATE like_days SET cnt = 0, ver = ver + 1 WHERE article_id = $1 AND cnt > 0)sql";

constexpr auto bury_stats = R"sql(
UPDATE article_stats
SET ver = ver + 1, like_cnt = 0, collect_cnt = 0, read_cnt = 0, published = false,
  deleted = true, title = '', author_name = ''
WHERE article_id = $1)sql";

// Public copy, likes and collections go with it.
constexpr auto delete_row = "DELETE FROM articles WHERE id = $1";

struct owner {
  user_id author = 0;
  article_status status = article_status::draft;
};

owner read_owner(row& r) {
  return {.author = r.number(), .status = r.number<article_status>()};
}

/// The status of an article that `author` may change, and nobody else until the
/// transaction ends.
result<article_status> status_for(handle& db, article_id id, user_id author) {
  if (auto locked = db.exec(lock_stats, id); !locked)
    return locked.error();
  auto found = db.one(lock_owner, read_owner, id);
  if (!found)
    return found.error();
  if (!*found)
    return errc::article_not_found;
  if ((*found)->author != author)
    return errc::not_author;
  return (*found)->status;
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

result<article_id> write_draft(handle& db, const article_text& text, wall_time now) {
  if (text.id == 0)
    return add_article(db, text, article_status::draft, now);
  auto status = status_for(db, text.id, text.author);
  if (!status)
    return status.error();
  return change_article(db, text, *status, now);
}

result<article_id> write_both_copies(handle& db, const article_text& text,
                                     wall_time now) {
  if (text.id != 0)
    if (auto mine = status_for(db, text.id, text.author); !mine)
      return mine.error();
  auto id = text.id == 0 ? add_article(db, text, article_status::published, now)
                         : change_article(db, text, article_status::published, now);
  if (!id)
    return id;
  if (auto ran = run_for(db, *id, upsert_public_copy, upsert_published_stats); !ran)
    return ran.error();
  if (auto told = tell(db, *id, 0, now); !told)
    return told.error();
  return id;
}

result<saved_article> as_saved(const result<article_id>& id) {
  if (!id)
    return id.error();
  return saved_article{*id};
}

} // namespace

result<saved_article> postgres_article_store::run(const save_draft& command) {
  const auto& text = command.text;
  return db_.transact_alone([&] {
    return as_saved(once(db_, text.author, command.repeat, command.now,
                         [&] { return write_draft(db_, text, command.now); }));
  });
}

result<saved_article> postgres_article_store::run(const publish_article& command) {
  const auto& text = command.text;
  return db_.transact_alone([&] {
    return as_saved(once(db_, text.author, command.repeat, command.now,
                         [&] { return write_both_copies(db_, text, command.now); }));
  });
}

result<done> postgres_article_store::run(const withdraw_article& command) {
  return db_.transact_alone([&]() -> result<done> {
    auto status = status_for(db_, command.id, command.author);
    if (!status)
      return status.error();
    if (*status != article_status::published)
      return errc::wrong_state;
    if (auto marked = db_.exec(mark_withdrawn, command.now, command.id); !marked)
      return marked.error();
    if (auto ran = run_for(db_, command.id, delete_public_copy, unpublish_stats); !ran)
      return ran.error();
    return tell(db_, command.id, 0, command.now);
  });
}

result<done> postgres_article_store::run(const delete_article& command) {
  return db_.transact_alone([&]() -> result<done> {
    if (auto mine = status_for(db_, command.id, command.author); !mine)
      return mine.error();
    if (auto ran = run_for(db_, command.id, empty_days, bury_stats, delete_row); !ran)
      return ran.error();
    // Writes nothing where the article was never published: it has no version.
    return tell(db_, command.id, 0, command.now);
  });
}

result<removed_count> postgres_article_store::run(const remove_kept_answers& command) {
  auto removed =
      db_.exec(remove_old_answers, command.now - answer_kept_for, command.limit);
  if (!removed)
    return removed.error();
  return removed_count{*removed};
}

} // namespace tinybook::storage::postgres
