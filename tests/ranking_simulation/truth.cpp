#include "tests/ranking_simulation/servers.hpp"

#include <algorithm>
#include <optional>

namespace tinybook::ranking_sim {

namespace {

struct row_text {
  std::int64_t likes = 0;
  std::string title;

  bool operator==(const row_text&) const = default;
};

std::string named(const board_snapshot& board, std::int64_t id, const std::string& what) {
  return "board " + std::to_string(static_cast<int>(board.window)) + " of epoch "
         + std::to_string(board.epoch) + " as of " + format_rfc3339(board.as_of)
         + ", article " + std::to_string(id) + ": " + what;
}

row_text text_of(const article_state& state, board_window window, std::int32_t today) {
  const auto likes = state.shown_likes(window, today);
  return likes == 0 ? row_text{} : row_text{likes, state.title};
}

row_text shown_of(const board_snapshot& board, std::int64_t id) {
  const auto it = std::ranges::find(board.rows, id, &board_row::id);
  return it == board.rows.end() ? row_text{} : row_text{it->like_cnt, it->title};
}

std::string words(const row_text& t) {
  return t.likes == 0 ? "absent" : std::to_string(t.likes) + " likes, " + t.title;
}

bool in_order(const std::vector<board_row>& rows) {
  return std::ranges::is_sorted(rows, [](const auto& a, const auto& b) {
    return std::pair{a.like_cnt, a.id} > std::pair{b.like_cnt, b.id};
  });
}

} // namespace

/// An article that has not changed since `as_of` must be shown as it is; on the board of
/// all time one that has must be shown as it was at `as_of` or at some time after.
std::string untruth_of(const board_snapshot& board, const database& db) {
  if (!in_order(board.rows))
    return named(board, 0, "out of order");
  for (std::int64_t id = 1; id <= db.articles(); ++id) {
    const auto& past = db.past(id);
    const auto later = std::ranges::find_if(
        past, [&](const database::commit& c) { return c.at >= board.as_of; });
    const bool changed = later != past.end();
    if (changed && board.window != board_window::all)
      continue;
    const auto shown = shown_of(board, id);
    const auto known = later == past.begin() ? later : std::prev(later);
    const bool true_once = std::any_of(known, past.end(), [&](const auto& c) {
      return text_of(c.state, board.window, board.day) == shown;
    });
    if (!true_once)
      return named(board, id,
                   "shown as " + words(shown) + ", was "
                       + words(text_of(known->state, board.window, board.day)));
  }
  return {};
}

std::string difference_of(const board_snapshot& board, const database& db,
                          std::int32_t today) {
  for (std::int64_t id = 1; id <= db.articles(); ++id) {
    const auto shown = shown_of(board, id);
    const auto expected = text_of(db.present(id), board.window, today);
    if (shown != expected)
      return named(board, id,
                   "shown as " + words(shown) + ", is " + words(expected)
                       + " in the database");
  }
  return in_order(board.rows) ? std::string{} : named(board, 0, "out of order");
}

} // namespace tinybook::ranking_sim
