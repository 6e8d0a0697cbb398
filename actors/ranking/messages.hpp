#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "storage/like_event.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <optional>
#include <vector>

namespace tinybook {

/// Applies events in any order and any number of times. `complete_until`: every event
/// committed before it has been delivered; the board's `as_of` follows it.
struct apply_events {
  using reply = done;
  std::vector<article_event> events;
  std::optional<wall_time> complete_until{};
};

/// The board as readers get it.
struct served_board {
  board_snapshot_ptr board;
  bool stale = false; ///< Older than the bound, or not hydrated yet.
};

/// Fails with `starting` before the first hydration.
struct get_board {
  using reply = served_board;
  board_window window = board_window::all;
};

/// Pushed to the ingress on every refresh.
struct board_updated {
  using reply = void;
  served_board board;
};

} // namespace tinybook

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::apply_events)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::served_board)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::get_board)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tinybook::board_updated)
