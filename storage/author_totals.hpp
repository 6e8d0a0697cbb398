#pragma once

#include "storage/article_store.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstdint>

namespace tinybook::storage {

class handle;

/// What an author has: articles, drafts included, and the bytes of their contents.
struct author_totals {
  std::int64_t articles = 0;
  std::int64_t bytes = 0;

  bool operator==(const author_totals&) const = default;
};

/// Whether an author who has `before` may have `after`. What does not grow a total is
/// allowed however large it is: a bound may have been lowered, and who is beyond it must
/// be able to shorten and delete. Fails with `quota_reached`, which names the rule.
[[nodiscard]] result<done> check_bounds(const article_bounds& bounds,
                                        const author_totals& before,
                                        const author_totals& after);

/// What the present transaction has done with one article of `author`.
struct article_change {
  user_id author = 0;
  article_id id = 0;
  wall_time changed_before{}; ///< Its `updated_at` until then; 0 = it is new.
  std::int64_t articles = 0;  ///< How many more there are: 1, 0 or -1.
  std::int64_t bytes = 0;     ///< How many more.
};

/// Adds a change that has been written to the totals of its author, which a row tells, so
/// that no save reads all articles; locks that row until the transaction ends. Programs
/// of 0.2.0 change articles without it. So the row also says which change it has seen
/// last: where the author's newest article was another, all are counted again, if that
/// matters for `bounds`. That misses a deletion of an older one, by which the totals are
/// too high: before anybody is refused all are counted again, too. Fails with
/// `quota_reached` where the author would have more than `bounds`; the transaction then
/// must not be committed.
result<done> count_change(handle& db, const article_change& change,
                          const article_bounds& bounds = {});

} // namespace tinybook::storage
