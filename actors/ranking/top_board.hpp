#pragma once

#include "actors/ranking/board_messages.hpp"
#include "actors/ranking/board_snapshot.hpp"
#include "storage/like_event.hpp"

#include <ext/pb_ds/assoc_container.hpp>
#include <ext/pb_ds/tree_policy.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tinybook {

enum class apply_outcome : std::uint8_t {
  stale,   ///< An older version, or (live) the known one: nothing changed.
  applied, ///< Newer than what was known.
  same,    ///< From the database, equal to what was known.
  mended,  ///< From the database, the version known, but the content differed: drift.
};

/// The most liked articles of one window in memory. Applies absolute, versioned events in
/// any order and any number of times; the board is always that of the latest version of
/// each article.
///
/// A read count is not covered by the version: the database's is taken at an equal
/// version too, the greater one stays, and it is no drift.
///
/// On the board are published articles with at least one like, most likes first, ties by
/// the newest id. What is off it is remembered by its version only. `apply` and `rank_of`
/// are O(log n); about 250 bytes an article on the board with a title of 40 bytes, 120
/// off it.
///
/// A board lives for one epoch: to rebuild, fill a new board with a new epoch and swap.
class top_board {
 public:
  /// Rows that can be shown; a change behind them leaves `version` alone.
  static constexpr std::size_t shown = 100;

  explicit top_board(std::int64_t epoch = 1, board_window window = board_window::all);

  apply_outcome apply(const article_event& event,
                      apply_source source = apply_source::live);

  /// The first `n` rows, `n` clamped to 1…100.
  [[nodiscard]] std::vector<board_row> top(std::size_t n) const;

  /// Rank from 1, or nothing when the article is not on the board.
  [[nodiscard]] std::optional<std::int64_t> rank_of(std::int64_t id) const;

  /// The row of `id` with up to `each_side` neighbours before and after it, in order;
  /// empty when it is not on the board.
  [[nodiscard]] std::vector<board_row> around(std::int64_t id,
                                              std::size_t each_side) const;

  /// Shares the shown rows. `as_of` is known to the feed, not to the board.
  [[nodiscard]] board_snapshot_ptr snapshot(wall_time as_of) const;

  /// The version of `id` that is known, also of a tombstone.
  [[nodiscard]] std::optional<std::int64_t> known_version(std::int64_t id) const;

  [[nodiscard]] std::size_t size() const { return order_.size(); }
  /// Articles known, with those off the board.
  [[nodiscard]] std::size_t known() const { return articles_.size(); }
  [[nodiscard]] std::int64_t epoch() const { return epoch_; }
  /// Grows whenever a shown row changes: its rank, a count, its title or author.
  [[nodiscard]] std::int64_t version() const { return version_; }

 private:
  struct article {
    std::int64_t ver = 0;
    std::int64_t cnt = 0; ///< 0 = off the board; then the rest is empty too.
    std::int64_t author_id = 0;
    std::int64_t read_cnt = 0;
    std::string text; ///< Title, NUL, author's name: one allocation. Titles hold no NUL.
  };

  /// (likes, id), greatest first.
  using place = std::pair<std::int64_t, std::int64_t>;
  using place_tree = __gnu_pbds::tree<place, __gnu_pbds::null_type, std::greater<>,
                                      __gnu_pbds::rb_tree_tag,
                                      __gnu_pbds::tree_order_statistics_node_update>;

  std::int64_t epoch_;
  board_window window_;
  std::int64_t version_ = 0;
  std::unordered_map<std::int64_t, article> articles_;
  place_tree order_;

  [[nodiscard]] static article content_of(const article_event& event);
  [[nodiscard]] bool is_shown(const place& where) const;
  [[nodiscard]] static bool same_content(const article& a, const article& b);
  [[nodiscard]] std::vector<board_row> rows_from(std::size_t index,
                                                 std::size_t count) const;
  void replace(std::int64_t id, article& known, article next);
};

} // namespace tinybook
