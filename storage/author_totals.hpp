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

/// The totals of one author as a row tells them, so that no save reads all articles.
/// Programs of 0.2.0 change articles without them. So the row also says which change it
/// has seen last: where the author's newest article is another, all are counted again.
/// That misses a deletion of an older one, by which the totals are too high: before
/// anybody is refused all are counted again, too.
class totals_account {
 public:
  /// Locks the row of `author` until the transaction ends, and makes it where there is
  /// none; does nothing where there is no such user. Comes before the locks of articles.
  [[nodiscard]] static result<totals_account> open(handle& db, user_id author);

  /// Whether the article of `text` may be saved; that of an id was found to be the
  /// author's, and is not changed yet. Counts it as saved.
  result<done> admit(handle& db, const article_text& text, const article_bounds& bounds);

  /// Counts an article as deleted which still is there.
  result<done> remove(handle& db, article_id id);

  /// Writes the row, after the articles were changed. A row that was not true before is
  /// left as it was, unless `admit` has counted.
  result<done> close(handle& db) const;

 private:
  totals_account(user_id author, author_totals totals, bool is_true)
      : author_(author), totals_(totals), is_true_(is_true) {}

  result<done> count(handle& db);

  user_id author_;
  author_totals totals_;
  bool is_true_;
};

} // namespace tinybook::storage
