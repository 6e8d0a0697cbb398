#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "http/api/schema.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tinybook::http {

/// A board as JSON, made once when it is pushed, so that a request only joins strings.
/// Immutable.
class rendered_board {
 public:
  explicit rendered_board(const served_board& pushed);

  /// Appends the `data` of the answer with the first `n` rows, or all if there are fewer.
  /// It says `stale` where the board was pushed as stale or is older than `max_stale`.
  void append(std::string& out, std::size_t n, wall_time now,
              std::chrono::milliseconds max_stale) const;

  /// The rows themselves, for pages.
  [[nodiscard]] const board_snapshot& snapshot() const { return *board_; }
  [[nodiscard]] bool is_stale(wall_time now, std::chrono::milliseconds max_stale) const {
    return stale_ || now - as_of() > max_stale;
  }
  [[nodiscard]] wall_time as_of() const { return board_->as_of; }
  [[nodiscard]] std::size_t rows() const { return ends_.size() - 1; }

 private:
  std::string items_;             ///< All rows, joined by commas.
  std::vector<std::size_t> ends_; ///< Where the first i rows end in `items_`.
  std::string tail_;              ///< From `window` up to the value of `stale`.
  board_snapshot_ptr board_;
  bool stale_;
};

/// `all`, `day`, `week`: in the order of `every_window`.
inline constexpr std::array<std::string_view, board_windows> window_words{"all", "day",
                                                                          "week"};
[[nodiscard]] constexpr std::string_view name_of(board_window window) {
  return window_words.at(index_of(window));
}

/// What `rendered_board::append` writes.
extern const schema board_schema;

} // namespace tinybook::http
