#pragma once

#include "storage/kept_answers.hpp"
#include "storage/like_event.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinybook::storage {

/// The numbers that clients read as `status`.
enum class article_status : std::uint8_t { draft = 1, published = 2, withdrawn = 3 };

struct article_summary {
  article_id id = 0;
  std::string title;
  std::string abstract; ///< Plain text.
  article_status status = article_status::draft;
  wall_time created_at{};
  wall_time updated_at{};
  user_id author = 0;
  std::string author_name; ///< The nickname now.
  /// Of the author's copy: it is published, and readers see another text.
  bool unpublished_changes = false;
  /// Of the author's copy: an operator has taken it down, and nobody else sees it.
  bool taken_down = false;
};

struct article_detail {
  article_summary summary;
  std::string content; ///< Cleaned HTML.
  std::int64_t read_count = 0;
  std::int64_t like_count = 0;
  std::int64_t collect_count = 0;
  bool liked = false;     ///< By the viewer.
  bool collected = false; ///< By the viewer.
};

/// What an author saves: already validated and cleaned.
struct article_text {
  article_id id = 0; ///< 0 makes a new article.
  user_id author = 0;
  std::string title;
  std::string content;
  std::string abstract;
};

/// What an author may store; 0 = no bound.
struct article_bounds {
  std::int64_t articles = 0;
  std::int64_t bytes = 0; ///< Of the author's copies: their contents together.

  [[nodiscard]] bool off() const { return articles == 0 && bytes == 0; }
};

struct saved_article {
  article_id id = 0;
  bool repeated = false; ///< It was saved before, with the same key: nothing changed.
};

/// Writes the author's copy; the public copy and the status stay as they are. A new
/// article is a draft. With `repeat`, the same request again within a day changes nothing
/// and gets the same answer. Fails with `article_not_found`, `not_author`, for a new one
/// with `user_not_found`, with `key_reused`, and with `quota_reached` where the author
/// would have more than `bounds`.
struct save_draft {
  using reply = saved_article;
  static constexpr bool writes = true;
  article_text text;
  wall_time now{};
  std::optional<repeatable> repeat{};
  article_bounds bounds{};
};
result<saved_article> run(handle& db, const save_draft& command);

/// Writes both copies, sets the status, bumps the version and writes the event, in one
/// transaction. A withdrawn article gets its likes and counts back. Fails as
/// `save_draft`, with `article_taken_down`, and with `user_not_found` also where the
/// author is banned or leaves.
struct publish_article {
  using reply = saved_article;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  article_text text;
  wall_time now{};
  std::optional<repeatable> repeat{};
  article_bounds bounds{};
};
result<saved_article> run(handle& db, const publish_article& command);

/// Deletes the public copy; version and event as with publishing. Fails with
/// `article_not_found`, `not_author`, and `wrong_state` where it is not published.
struct withdraw_article {
  using reply = done;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  article_id id = 0;
  user_id author = 0;
  wall_time now{};
};
result<done> run(handle& db, const withdraw_article& command);

/// Deletes both copies, likes and collections; the version outlives it as a tombstone, so
/// that a late event cannot bring the article back. Fails as `withdraw_article`, except
/// for `wrong_state`.
struct delete_article {
  using reply = done;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  article_id id = 0;
  user_id author = 0;
  wall_time now{};
};
result<done> run(handle& db, const delete_article& command);

struct article_list {
  std::vector<article_summary> items;
  /// Of keyset pages: the `after` of the next page, 0 = the last one.
  article_id next = 0;
};

/// The author's own articles, newest change first.
struct list_own_articles {
  using reply = article_list;
  static constexpr bool writes = false;
  user_id author = 0;
  std::int64_t offset = 0;
  std::int64_t limit = 0;
};
result<article_list> run(handle& db, const list_own_articles& command);

/// The author's copy. Fails with `article_not_found`, `not_author`.
struct find_own_article {
  using reply = article_detail;
  static constexpr bool writes = false;
  article_id id = 0;
  user_id author = 0;
};
result<article_detail> run(handle& db, const find_own_article& command);

/// The author's copy of what was saved with a key (`repeatable`) within a day. Fails with
/// `article_not_found`.
struct find_saved_article {
  using reply = article_detail;
  static constexpr bool writes = false;
  user_id author = 0;
  std::string key_hash;
};
result<article_detail> run(handle& db, const find_saved_article& command);

/// The public copy as `viewer` (0 = anonymous) sees it. Fails with `article_not_found`.
struct find_public_article {
  using reply = article_detail;
  static constexpr bool writes = false;
  article_id id = 0;
  user_id viewer = 0;
};
result<article_detail> run(handle& db, const find_public_article& command);

/// Published articles by descending id, starting below `after` (0 = from the newest).
struct list_newest_articles {
  using reply = article_list;
  static constexpr bool writes = false;
  article_id after = 0;
  std::int64_t limit = 0;
};
result<article_list> run(handle& db, const list_newest_articles& command);

struct like_outcome {
  bool changed = false; ///< False where the like was already so.
  std::int64_t like_count = 0;
};

/// Sets or removes the user's like; the like, the counts, the count of the day and the
/// event are written in one transaction. An unlike lowers the count of the day on which
/// the like was made. Fails with `article_not_found` where it is not published, with
/// `user_not_found`.
struct like_article {
  using reply = like_outcome;
  static constexpr bool writes = true;
  static constexpr bool emits_events = true;
  article_id id = 0;
  user_id user = 0;
  bool like = true;
  wall_time now{};
  std::chrono::minutes utc_offset{}; ///< Decides the day of the like.
};
result<like_outcome> run(handle& db, const like_article& command);

/// Puts the article into the user's collection `collection`; collecting it again moves
/// it. Fails with `article_not_found` where it is not published, with `user_not_found`.
struct collect_article {
  using reply = done;
  static constexpr bool writes = true;
  article_id id = 0;
  user_id user = 0;
  std::int64_t collection = 0;
  wall_time now{};
};
result<done> run(handle& db, const collect_article& command);

struct read_count {
  article_id id = 0;
  std::int64_t reads = 0;
};

/// Adds to the read counts; deleted articles are skipped. Reads do not raise the version:
/// the boards learn of them with the next event or audit.
struct add_reads {
  using reply = done;
  static constexpr bool writes = true;
  std::vector<read_count> reads;
};
result<done> run(handle& db, const add_reads& command);

/// Removes up to `limit` of the oldest answers that are kept for a day or longer.
struct remove_kept_answers {
  using reply = removed_count;
  static constexpr bool writes = true;
  wall_time now{};
  std::int64_t limit = 1000;
};
result<removed_count> run(handle& db, const remove_kept_answers& command);

struct event_page {
  std::vector<article_event> events;
};

/// Every article that has a version, deleted ones too, by ascending id above `after`: the
/// state of each as the event that describes it, without a day (the three fields are 0).
/// An article has a version from its first publication on. Read by hydration and audit of
/// the boards.
struct list_board_rows {
  using reply = event_page;
  static constexpr bool writes = false;
  article_id after = 0;
  std::int64_t limit = 1000;
};
result<event_page> run(handle& db, const list_board_rows& command);

/// The counts of every article and day from `from_day` on, by ascending article, then
/// day, above (`after`, `after_day`): the state of each as the event that describes it
/// with that day. Days whose likes were all taken back are included. Read by hydration
/// and audit of the day and week boards.
struct list_board_days {
  using reply = event_page;
  static constexpr bool writes = false;
  std::int32_t from_day = 0; ///< In days since 1970-01-01.
  article_id after = 0;
  std::int32_t after_day = 0;
  std::int64_t limit = 1000;
};
result<event_page> run(handle& db, const list_board_days& command);

/// The `limit` most liked published articles, by like count, then newest id; those
/// without a like are on no board. With `from_day` only likes of the days from it to
/// `to_day`, both included, count, and `cnt` of each is their number.
struct list_top_articles {
  using reply = event_page;
  static constexpr bool writes = false;
  std::int64_t limit = 100;
  std::int32_t from_day = 0; ///< 0 = of all time.
  std::int32_t to_day = 0;
};
result<event_page> run(handle& db, const list_top_articles& command);

struct article_commands
    : commands<list_own_articles, find_own_article, find_saved_article,
               find_public_article, list_newest_articles, list_board_rows,
               list_board_days, list_top_articles, save_draft, publish_article,
               withdraw_article, delete_article, like_article, collect_article, add_reads,
               remove_kept_answers> {};

} // namespace tinybook::storage
