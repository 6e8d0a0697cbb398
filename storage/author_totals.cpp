#include "storage/author_totals.hpp"

#include "storage/handle.hpp"

namespace tinybook::storage {

namespace {

// One statement, for it is a part of each save. `seen_until` -1: the totals may be wrong.
// Who has waited for the row's lock sees it as it is now, and the articles as they were
// before: where those differ they are counted again.
constexpr auto add_to_totals = R"sql(
INSERT INTO author_totals (author_id) VALUES ($1)
ON CONFLICT (author_id) DO UPDATE SET
  articles = author_totals.articles + $2, bytes = author_totals.bytes + $3,
  seen_until = CASE
    WHEN author_totals.seen_until =
      /* not sqlite */ greatest /* end */ /* sqlite: max */ ($5::bigint, coalesce((
        SELECT updated_at FROM articles WHERE author_id = $1 AND id <> $4
        ORDER BY updated_at DESC LIMIT 1), 0))
    THEN coalesce((SELECT updated_at FROM articles WHERE author_id = $1
      ORDER BY updated_at DESC LIMIT 1), 0)
    ELSE -1 END
RETURNING articles, bytes, seen_until)sql";

constexpr auto count_articles = R"sql(
SELECT count(*), coalesce(sum(
  /* not sqlite */ octet_length(content) /* end */
  /* sqlite: length(CAST(content AS BLOB)) */), 0)::bigint
FROM articles WHERE author_id = $1)sql";

constexpr auto update_totals = R"sql(
UPDATE author_totals SET articles = $1, bytes = $2,
  seen_until = (SELECT coalesce(max(updated_at), 0) FROM articles WHERE author_id = $3)
WHERE author_id = $3)sql";

struct totals_row {
  author_totals totals;
  std::int64_t seen_until = -1;
};

author_totals read_totals(row& r) {
  return {.articles = r.number(), .bytes = r.number()};
}

totals_row read_row(row& r) {
  return {.totals = read_totals(r), .seen_until = r.number()};
}

/// Counts all articles of the author, writes what there is and checks it.
result<done> count_again(handle& db, const article_change& change,
                         const article_bounds& bounds) {
  auto counted = db.one(count_articles, read_totals, change.author);
  if (!counted)
    return counted.error();
  const auto& now = **counted;
  if (auto allowed = check_bounds(
          bounds, {now.articles - change.articles, now.bytes - change.bytes}, now);
      !allowed)
    return allowed;
  return as_done(db.exec(update_totals, now.articles, now.bytes, change.author));
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

result<done> count_change(handle& db, const article_change& change,
                          const article_bounds& bounds) {
  auto added = db.one(add_to_totals, read_row, change.author, change.articles,
                      change.bytes, change.id, change.changed_before);
  if (!added)
    return added.error();
  if (bounds.off())
    return done{};
  const auto& [now, seen_until] = **added;
  const author_totals before{now.articles - change.articles, now.bytes - change.bytes};
  if (seen_until >= 0 && check_bounds(bounds, before, now))
    return done{};
  return count_again(db, change, bounds);
}

} // namespace tinybook::storage
