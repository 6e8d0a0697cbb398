#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "actors/ranking/board_store.hpp"
#include "storage/like_event.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tinybook {

/// Applies events in any order and any number of times. Answered when they are in the
/// board store; an error means that they must come again.
struct apply_events {
  using reply = done;
  std::vector<article_event> events;
  std::vector<complete_mark> marks{};
};

/// Where a board is read: what is shown comes from the first that knows it.
enum class board_source : std::uint8_t {
  copy,     ///< Of this replica; what everybody is served.
  store,    ///< The board store: memory or Redis.
  database, ///< The rows themselves.
};

/// The first 100 rows as one source has them, for operators who compare the three. Fails
/// with `starting` where there is no board there yet, `unavailable`.
struct get_board {
  using reply = served_board;
  board_window window = board_window::all;
  board_source source = board_source::copy;
};

/// The rank of one article and its neighbours. Fails with `starting` before there is a
/// board, `article_not_found` where the article is not on it, `unavailable`.
struct find_rank {
  using reply = served_board; ///< Rows: up to `each_side` before and after it, and it.
  board_window window = board_window::all;
  std::int64_t id = 0;
  std::size_t each_side = 0;
};

/// Builds all boards anew from the database, as a new epoch; the present one is served
/// until it is ready. Answered when the work has begun.
struct rebuild_boards {
  using reply = done;
};

/// Pushed to the ingress on every refresh.
struct board_updated {
  using reply = void;
  served_board board;
};

} // namespace tinybook
