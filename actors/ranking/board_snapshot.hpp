#pragma once

#include "storage/support/calendar.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

/// All time; today; today and the six days before it.
enum class board_window : std::uint8_t { all, day, week };
inline constexpr std::size_t board_windows = 3;
inline constexpr std::array every_window{board_window::all, board_window::day,
                                         board_window::week};

[[nodiscard]] constexpr std::size_t index_of(board_window window) {
  return static_cast<std::size_t>(window);
}

struct board_row {
  std::int64_t rank = 0; ///< From 1.
  std::int64_t id = 0;
  std::string title;
  std::int64_t author_id = 0;
  std::string author_name;
  std::int64_t like_cnt = 0;
  std::int64_t read_cnt = 0;

  bool operator==(const board_row&) const = default;
};

/// The first rows of a board at one moment; immutable, shared by all readers.
struct board_snapshot {
  board_window window = board_window::all;
  std::int64_t epoch = 0;
  std::int64_t version = 0; ///< Differs whenever a row differs, within one epoch.
  wall_time as_of{};        ///< All events up to here are in it.
  std::vector<board_row> rows{};
  std::int32_t day = 0; ///< Of `day` and `week`: the last day that counts, from
                        ///< 1970-01-01 on.
  std::chrono::minutes utc_offset{}; ///< Where that day begins.
};

using board_snapshot_ptr = std::shared_ptr<const board_snapshot>;

/// The board as readers get it.
struct served_board {
  board_snapshot_ptr board;
  bool stale = false; ///< Older than the bound, or not hydrated yet.
};

} // namespace tinybook
