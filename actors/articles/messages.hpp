#pragma once

#include "storage/article_store.hpp"
#include "storage/audit_event.hpp"

#include <optional>
#include <string>

namespace tinybook {

/// Saves the author's copy, or publishes it. The content is cleaned against the
/// allow-list before it is stored. With `repeat` the same again within a day changes
/// nothing and answers the same. Fails with `invalid_field` (with `needs_content` also
/// where neither a word nor a picture is left), `article_not_found`, `not_author`,
/// `key_reused`, `rate_limited`, `quota_reached`.
struct save_article {
  using reply = storage::saved_article;
  article_id id = 0; ///< 0 makes a new one.
  user_id author = 0;
  std::string title;
  std::string content;
  bool publish = false;
  std::optional<storage::repeatable> repeat{};
  bool needs_content = false;
};

struct article_cleaned {
  std::string content;  ///< Simple HTML, see `clean_html`.
  std::string abstract; ///< Plain text, not escaped.
  bool blank = false;   ///< A reader sees neither a character nor a picture.
};

/// Cleaning off the scheduler. Fails as `clean_html`, with `overloaded` when the queue is
/// full.
struct clean_article {
  using reply = article_cleaned;
  std::string content;

  /// Large ones let small ones pass; by their worst case, with room: a mebibyte of tags
  /// takes a tenth of a second.
  [[nodiscard]] std::chrono::microseconds handicap() const {
    return std::chrono::microseconds{5 * content.size()};
  }
};

/// These do what the storage commands of similar names do; the actor adds time and day.
struct withdraw_own_article {
  using reply = done;
  article_id id = 0;
  user_id author = 0;
};

struct delete_own_article {
  using reply = done;
  article_id id = 0;
  user_id author = 0;
};

/// Also fails with `rate_limited`.
struct set_like {
  using reply = storage::like_outcome;
  article_id id = 0;
  user_id user = 0;
  bool like = true;
};

struct add_to_collection {
  using reply = done;
  article_id id = 0;
  user_id user = 0;
  std::int64_t collection = 0;
};

/// Somebody read the public copy: counted with the next batch.
struct article_read {
  using reply = void;
  article_id id = 0;
};

/// An operator takes an article down or puts it back. Fails with `article_not_found`,
/// `wrong_state`.
struct moderate_article {
  using reply = done;
  article_id id = 0;
  bool take_down = true;
  storage::audit_source from; ///< With the operator's name and reason.
};

} // namespace tinybook
