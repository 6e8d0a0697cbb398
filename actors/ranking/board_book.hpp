#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "actors/ranking/board_store.hpp"
#include "actors/ranking/ranked_ids.hpp"
#include "storage/like_event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tinybook {

enum class apply_outcome : std::uint8_t {
  stale,   ///< An older version, or (live) the known one: nothing changed.
  applied, ///< Newer than what was known, of the article or of its day.
  same,    ///< From the database, equal to what was known.
  mended,  ///< From the database, the version known, but the content differed: drift.
};

/// The boards of all windows in memory, of one epoch. Applies absolute, versioned events
/// in any order and any number of times; the boards are always those of the latest
/// version of each article and of each article's day.
///
/// A read count is not covered by the version: the database's is taken at an equal
/// version too, the greater one stays, and it is no drift.
///
/// On a board are published articles with at least one like in its window. What is off
/// all of them is remembered by its versions only. Days before those of the week are
/// forgotten; tomorrow's boards are kept beside today's, so that midnight moves no
/// article. `apply` is O(log n); about 250 bytes an article on the board of all time
/// with a title of 40 bytes, 150 more for each day with likes, 120 off the boards.
class board_book {
 public:
  /// `today` in days since 1970-01-01.
  explicit board_book(std::int32_t today);

  /// Moves on to `today`; an earlier day than the present one changes nothing. Costs the
  /// articles with likes in the week that begins.
  void roll(std::int32_t today);

  apply_outcome apply(const article_event& event,
                      apply_source source = apply_source::live);

  /// The first 100 rows.
  [[nodiscard]] std::vector<board_row> top(board_window window) const;

  /// The row of `id` with up to `each_side` neighbours before and after it, in order;
  /// empty when it is not on the board.
  [[nodiscard]] std::vector<board_row> around(board_window window, std::int64_t id,
                                              std::size_t each_side) const;

  /// Changes whenever a shown row of that window does: its rank, its counts, its title
  /// or author. No number comes twice, whatever the window and the day.
  [[nodiscard]] std::int64_t version(board_window window) const;

  [[nodiscard]] std::size_t size(board_window window) const;
  /// Articles known, with those off the boards.
  [[nodiscard]] std::size_t known() const { return articles_.size(); }
  [[nodiscard]] std::int32_t today() const { return today_; }

 private:
  struct day_likes {
    std::int32_t day = 0;
    std::int64_t cnt = 0;
    std::int64_t ver = 0;
  };
  struct article {
    std::int64_t ver = 0;
    std::int64_t cnt = 0; ///< 0 = off all boards; then author and text are empty too.
    std::int64_t author_id = 0;
    std::int64_t read_cnt = 0;
    std::string text; ///< Title, NUL, author's name: one allocation. Titles hold no NUL.
    std::vector<day_likes> days;
  };
  struct board {
    board_window window = board_window::all;
    std::int32_t day = 0; ///< Of `day` and `week`: the last one that counts.
    ranked_ids order{};
    std::int64_t version = 0;
  };
  /// All; today's day and week; tomorrow's day and week.
  static constexpr std::size_t boards_kept = 5;
  using likes_on_boards = std::array<std::int64_t, boards_kept>;

  [[nodiscard]] static std::int64_t likes_in(const board& of, const article& a);
  [[nodiscard]] likes_on_boards likes_of(const article& a) const;
  [[nodiscard]] const board& at(board_window window) const;
  [[nodiscard]] std::vector<board_row> rows_from(const board& of, std::size_t index,
                                                 std::size_t count) const;
  void replace(std::int64_t id, article& known, article next);
  [[nodiscard]] bool with_day(article& next, const article_event& event,
                              apply_source source, bool& differs) const;
  [[nodiscard]] board fresh(board_window window, std::int32_t last);
  void forget_days_before(std::int32_t first);

  std::int32_t today_;
  std::int64_t versions_ = 0; ///< The last one given.
  std::array<board, boards_kept> boards_;
  std::unordered_map<std::int64_t, article> articles_;
  std::map<std::int32_t, std::unordered_set<std::int64_t>> ids_by_day_;
};

} // namespace tinybook
