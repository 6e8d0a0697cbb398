#include "storage/sqlite/article_rows.hpp"
#include "storage/sqlite/article_store.hpp"

#include <optional>

namespace tinybook::storage::sqlite {

namespace {

constexpr auto select_likes = R"sql(
SELECT like_cnt, EXISTS (SELECT 1 FROM users WHERE id = ?2)
FROM article_stats WHERE article_id = ?1 AND published = 1)sql";

constexpr auto insert_like = R"sql(
INSERT INTO likes (article_id, user_id, day) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
)sql";

constexpr auto select_like_day =
    "SELECT day FROM likes WHERE article_id = ? AND user_id = ?";

constexpr auto delete_like = "DELETE FROM likes WHERE article_id = ? AND user_id = ?";

constexpr auto add_to_likes = R"sql(
UPDATE article_stats SET like_cnt = like_cnt + ?, ver = ver + 1 WHERE article_id = ?
)sql";

constexpr auto add_to_day = R"sql(
INSERT INTO like_days (article_id, day, cnt, ver) VALUES (?1, ?2, max(?3, 0), 1)
ON CONFLICT (article_id, day) DO UPDATE SET cnt = cnt + ?3, ver = ver + 1)sql";

constexpr auto insert_collected = R"sql(
INSERT INTO collections (article_id, user_id, collection, created_at)
VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING)sql";

constexpr auto move_collected =
    "UPDATE collections SET collection = ? WHERE article_id = ? AND user_id = ?";

constexpr auto add_to_collected =
    "UPDATE article_stats SET collect_cnt = collect_cnt + 1 WHERE article_id = ?";

constexpr auto add_to_reads = R"sql(
UPDATE article_stats SET read_cnt = read_cnt + ? WHERE article_id = ? AND deleted = 0
)sql";

struct likes_row {
  std::int64_t count = 0;
  bool user_exists = false;
};

likes_row read_likes(row& r) {
  return {.count = r.number(), .user_exists = r.flag()};
}

/// How often a published article is liked, as far as `user` may like it.
result<std::int64_t> likes_of(handle& db, article_id id, user_id user) {
  auto found = db.one(select_likes, read_likes, id, user);
  if (!found)
    return found.error();
  if (!*found)
    return errc::article_not_found;
  if (!(*found)->user_exists)
    return errc::user_not_found;
  return (*found)->count;
}

/// Changes the membership; the day of the like where that changed anything.
result<std::optional<std::int32_t>> set_membership(handle& db, const like_article& c) {
  std::optional<std::int32_t> day = day_of(c.now, c.utc_offset);
  if (!c.like) {
    auto liked_on = db.one(
        select_like_day, [](row& r) { return r.number<std::int32_t>(); }, c.id, c.user);
    if (!liked_on)
      return liked_on.error();
    day = *liked_on;
  }
  auto changed = c.like ? db.exec(insert_like, c.id, c.user, *day)
                        : db.exec(delete_like, c.id, c.user);
  if (!changed)
    return changed.error();
  return *changed == 0 ? std::nullopt : day;
}

} // namespace

result<like_outcome> sqlite_article_store::run(const like_article& command) {
  return db_.transact([&]() -> result<like_outcome> {
    auto before = likes_of(db_, command.id, command.user);
    if (!before)
      return before.error();
    auto day = set_membership(db_, command);
    if (!day)
      return day.error();
    if (!*day)
      return like_outcome{false, *before};
    const auto change = command.like ? 1 : -1;
    if (auto counted = db_.exec(add_to_likes, change, command.id); !counted)
      return counted.error();
    if (auto counted = db_.exec(add_to_day, command.id, **day, change); !counted)
      return counted.error();
    if (auto told = tell(db_, command.id, **day, command.now); !told)
      return told.error();
    return like_outcome{true, *before + change};
  });
}

result<done> sqlite_article_store::run(const collect_article& command) {
  return db_.transact([&]() -> result<done> {
    if (auto likes = likes_of(db_, command.id, command.user); !likes)
      return likes.error();
    auto added = db_.exec(insert_collected, command.id, command.user, command.collection,
                          command.now);
    if (!added)
      return added.error();
    auto followed = *added == 0 ? db_.exec(move_collected, command.collection, command.id,
                                           command.user)
                                : db_.exec(add_to_collected, command.id);
    if (!followed)
      return followed.error();
    return done{};
  });
}

result<done> sqlite_article_store::run(const add_reads& command) {
  return db_.transact([&]() -> result<done> {
    for (const auto& [id, reads] : command.reads)
      if (auto added = db_.exec(add_to_reads, reads, id); !added)
        return added.error();
    return done{};
  });
}

} // namespace tinybook::storage::sqlite
