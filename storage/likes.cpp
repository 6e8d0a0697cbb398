#include "storage/article_store.hpp"
#include "storage/dialect.hpp"
#include "storage/handle.hpp"

/// Likes, collections and reads: what changes the counts of an article.
namespace tinybook::storage {

namespace {

// Every change of an article's counts locks this row, so likes of one article run one by
// one.
constexpr auto lock_counts = R"sql(
SELECT like_cnt, EXISTS (SELECT 1 FROM users WHERE id = $2)
FROM article_stats WHERE article_id = $1 AND published FOR UPDATE OF article_stats)sql";

constexpr auto try_lock_counts = R"sql(
SELECT like_cnt, EXISTS (SELECT 1 FROM users WHERE id = $2)
FROM article_stats WHERE article_id = $1 AND published
FOR UPDATE OF article_stats SKIP LOCKED)sql";

constexpr auto insert_collected = R"sql(
INSERT INTO collections (article_id, user_id, collection, created_at)
VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING)sql";

constexpr auto move_collected =
    "UPDATE collections SET collection = $1 WHERE article_id = $2 AND user_id = $3";

constexpr auto add_to_collected =
    "UPDATE article_stats SET collect_cnt = collect_cnt + 1 WHERE article_id = $1";

struct counts_row {
  std::int64_t likes = 0;
  bool user_exists = false;
};

counts_row read_counts(row& r) {
  return {.likes = r.number(), .user_exists = r.flag()};
}

/// Locks the row of a published article and returns its like count; fails where it or
/// `user` does not exist. A batch, which must not wait for the row, defers the write.
result<std::int64_t> lock(handle& db, article_id id, user_id user) {
  const bool only_try = db.must_not_wait();
  auto found = db.one(only_try ? try_lock_counts : lock_counts, read_counts, id, user);
  if (!found)
    return found.error();
  if (!*found && only_try)
    return db.defer();
  if (!*found)
    return errc::article_not_found;
  if (!(*found)->user_exists)
    return errc::user_not_found;
  return (*found)->likes;
}

} // namespace

result<like_outcome> run(handle& db, const like_article& command) {
  return db.transact([&]() -> result<like_outcome> {
    auto before = lock(db, command.id, command.user);
    if (!before)
      return before.error();
    auto changed = db.dialect().change_like(db, command);
    if (!changed)
      return changed.error();
    if (!*changed)
      return like_outcome{false, *before};
    return like_outcome{true, *before + (command.like ? 1 : -1)};
  });
}

result<done> run(handle& db, const collect_article& command) {
  const auto& c = command;
  return db.transact([&]() -> result<done> {
    if (auto likes = lock(db, c.id, c.user); !likes)
      return likes.error();
    auto added = db.exec(insert_collected, c.id, c.user, c.collection, c.now);
    if (!added)
      return added.error();
    return as_done(*added == 0 ? db.exec(move_collected, c.collection, c.id, c.user)
                               : db.exec(add_to_collected, c.id));
  });
}

result<done> run(handle& db, const add_reads& command) {
  return db.transact_alone([&] { return db.dialect().add_reads(db, command); });
}

} // namespace tinybook::storage
