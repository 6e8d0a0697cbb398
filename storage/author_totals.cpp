#include "storage/author_totals.hpp"

#include "storage/handle.hpp"

#include <optional>

namespace tinybook::storage {

namespace {

// The change of a row that is there does nothing but lock it.
constexpr auto lock_totals = R"sql(
INSERT INTO author_totals (author_id) SELECT id FROM users WHERE id = $1
ON CONFLICT (author_id) DO UPDATE SET seen_until = author_totals.seen_until
RETURNING articles, bytes, seen_until)sql";

// Alone, so that it sees what was committed while the lock was waited for.
constexpr auto select_last_change =
    "SELECT coalesce(max(updated_at), 0) FROM articles WHERE author_id = $1";

constexpr auto count_articles = R"sql(
SELECT count(*), coalesce(sum(
  /* not sqlite */ octet_length(content) /* end */
  /* sqlite: length(CAST(content AS BLOB)) */), 0)::bigint
FROM articles WHERE author_id = $1)sql";

constexpr auto select_content_size = R"sql(
SELECT
  /* not sqlite */ octet_length(content) /* end */
  /* sqlite: length(CAST(content AS BLOB)) */
FROM articles WHERE id = $1)sql";

constexpr auto update_totals = R"sql(
UPDATE author_totals SET articles = $1, bytes = $2,
  seen_until = (SELECT coalesce(max(updated_at), 0) FROM articles WHERE author_id = $3)
WHERE author_id = $3)sql";

struct totals_row {
  author_totals totals;
  std::int64_t seen_until = -1;
};

totals_row read_row(row& r) {
  return {.totals = {.articles = r.number(), .bytes = r.number()},
          .seen_until = r.number()};
}

author_totals read_totals(row& r) {
  return {.articles = r.number(), .bytes = r.number()};
}

/// Of the stored content; 0 where there is no such article.
result<std::int64_t> content_size(handle& db, article_id id) {
  auto size = db.one(select_content_size, read_number, id);
  if (!size)
    return size.error();
  return size->value_or(0);
}

} // namespace

result<done> check_bounds(const article_bounds& bounds, const author_totals& before,
                          const author_totals& after) {
  const auto broken = [](std::int64_t most, std::int64_t was, std::int64_t is) {
    return most != 0 && is > most && is > was;
  };
  // No time frees a place: a program that tries again by itself shall seldom do so.
  failure refused{errc::quota_reached};
  refused.retry_after = std::chrono::hours{1};
  if (broken(bounds.articles, before.articles, after.articles))
    refused.rule = limit_rule::articles_of_person;
  else if (broken(bounds.bytes, before.bytes, after.bytes))
    refused.rule = limit_rule::bytes_of_person;
  else
    return done{};
  return refused;
}

result<totals_account> totals_account::open(handle& db, user_id author) {
  auto found = db.one(lock_totals, read_row, author);
  if (!found)
    return found.error();
  auto newest = db.one(select_last_change, read_number, author);
  if (!newest)
    return newest.error();
  const auto row = found->value_or(totals_row{});
  return totals_account{author, row.totals, row.seen_until == **newest};
}

result<done> totals_account::count(handle& db) {
  auto counted = db.one(count_articles, read_totals, author_);
  if (!counted)
    return counted.error();
  totals_ = **counted;
  is_true_ = true;
  return done{};
}

result<done> totals_account::admit(handle& db, const article_text& text,
                                   const article_bounds& bounds) {
  const bool counted = !is_true_;
  if (counted)
    if (auto ran = count(db); !ran)
      return ran;
  auto old_bytes = text.id == 0 ? result<std::int64_t>{0} : content_size(db, text.id);
  if (!old_bytes)
    return old_bytes.error();
  const auto after = [&] {
    return author_totals{totals_.articles + (text.id == 0 ? 1 : 0),
                         totals_.bytes - *old_bytes + std::ssize(text.content)};
  };
  auto allowed = check_bounds(bounds, totals_, after());
  if (!allowed && !counted) {
    if (auto ran = count(db); !ran)
      return ran;
    allowed = check_bounds(bounds, totals_, after());
  }
  if (allowed)
    totals_ = after();
  return allowed;
}

result<done> totals_account::remove(handle& db, article_id id) {
  auto bytes = content_size(db, id);
  if (!bytes)
    return bytes.error();
  totals_.articles -= 1;
  totals_.bytes -= *bytes;
  return done{};
}

result<done> totals_account::close(handle& db) const {
  if (!is_true_)
    return done{};
  return as_done(db.exec(update_totals, totals_.articles, totals_.bytes, author_));
}

} // namespace tinybook::storage
