#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "storage/like_event.hpp"
#include "storage/result.hpp"
#include "storage/types.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

/// Where an event comes from. What was read from the database itself is also written at
/// the version that is known already, so that it mends what differs.
enum class apply_source : std::uint8_t { live, database };

/// Every event that was committed before `complete_until` stands in front of this mark in
/// partition `partition` of the bus, as far as it belongs there. A board is complete up
/// to the least mark over all partitions.
struct complete_mark {
  std::int32_t partition = 0;
  std::int32_t partitions = 1;
  wall_time complete_until{};

  bool operator==(const complete_mark&) const = default;
};

/// Writes absolute, versioned counts: each only where its version is newer than the known
/// one (DESIGN, Ranking), so order and repeats do not matter. Live events go to the
/// served epoch and to the one that is being built; rows of the database to `epoch`
/// alone. Fails with `wrong_state` where `epoch` is neither, and nothing is written.
struct apply_to_boards {
  using reply = struct boards_applied;
  std::vector<article_event> events;
  std::vector<complete_mark> marks{};
  apply_source source = apply_source::live;
  std::int64_t epoch = 0; ///< Of rows of the database.
  std::int32_t today = 0; ///< In days since 1970-01-01.
};

struct boards_applied {
  std::uint64_t applied = 0;
  std::uint64_t ignored = 0; ///< Old versions and repeats.
  std::uint64_t mended = 0;  ///< Rows of the database that differed at an equal version.
};

/// One number for each window, in the order of `board_window`.
using board_versions = std::array<std::int64_t, board_windows>;

/// The state of the boards, and of each window whose version is not the known one its
/// first 100 rows, all of one moment.
struct look_at_boards {
  using reply = struct boards_seen;
  std::int32_t today = 0;
  std::int64_t epoch = 0; ///< That `versions` belong to; 0 = nothing is known.
  board_versions versions{};
};

struct boards_seen {
  std::int64_t epoch = 0;    ///< That is served; 0 = none is complete (COLD, LOADING).
  std::int64_t building = 0; ///< That is being hydrated; 0 = none.
  /// The day whose boards these are: that of whoever's clock is ahead, so perhaps not the
  /// one that was asked for.
  std::int32_t today = 0;
  /// Up to when all events are in the served epoch; the epoch of time before the first
  /// mark of every partition.
  wall_time as_of{};
  board_versions versions{}; ///< Each never comes again with other rows in one epoch.
  std::array<std::optional<std::vector<board_row>>, board_windows> rows{};
  std::int64_t on_board = 0; ///< Articles on the board of all time.
  std::int64_t known = 0;    ///< With those off it.
};

/// The row of one article with up to `each_side` neighbours on both sides.
struct find_in_board {
  using reply = struct board_place;
  board_window window = board_window::all;
  std::int32_t today = 0;
  std::int64_t id = 0;
  std::size_t each_side = 0;
};

struct board_place {
  std::int64_t epoch = 0; ///< 0 = none is served, the rest is empty.
  std::int32_t today = 0; ///< As in `boards_seen`.
  std::int64_t version = 0;
  wall_time as_of{};
  std::vector<board_row> rows; ///< Empty where it is not on the board.
};

/// Why the whole database is walked.
enum class walk_reason : std::uint8_t {
  cold,    ///< No epoch is served: fills one.
  rebuild, ///< Fills a new epoch while another is served.
  audit,   ///< Compares the served epoch.
};

/// Asks for the right to walk. Of the replicas one has it at a time, filling and auditing
/// apart, until it finishes (a fill) or its lease runs out; again by the holder extends
/// the lease and answers the same epoch. Who takes over an epoch fills it from the
/// beginning. A fill that is under way is extended with either reason.
struct begin_walk {
  using reply = struct walk_grant;
  std::string replica;
  walk_reason reason = walk_reason::cold;
  std::chrono::milliseconds lease{};
  std::int32_t today = 0;
};

struct walk_grant {
  /// That is to be written; 0 = another replica has the right, or there is no need (cold
  /// with an epoch that is served, audit without one).
  std::int64_t epoch = 0;
};

/// Every row was written. A filled epoch is served from now on, and the one before it
/// goes; an audited one is known to be complete up to `complete_until`: everything
/// committed before it is in the rows. Fails with `wrong_state` where the right was lost.
struct finish_walk {
  using reply = done;
  std::string replica;
  std::int64_t epoch = 0;
  wall_time complete_until{};
};

} // namespace tinybook
