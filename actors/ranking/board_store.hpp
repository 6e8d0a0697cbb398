#pragma once

#include "actors/ranking/board_snapshot.hpp"
#include "actors/system/journey.hpp"
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

/// Where an event comes from. A row of the database is also written at the version that
/// is known already, so that it corrects what differs.
enum class apply_source : std::uint8_t { live, database };

/// A mark in the stream of a partition of the bus: every event of that partition that was
/// committed before `complete_until` comes before it. A board is complete up to the least
/// mark of all partitions.
struct complete_mark {
  std::int32_t partition = 0;
  std::int32_t partitions = 1;
  wall_time complete_until{};

  bool operator==(const complete_mark&) const = default;
};

/// Writes absolute, versioned counts: each only where its version is newer than the known
/// one, so order and repeats do not matter. Live events go to the
/// served epoch and to the one that is being built; rows of the database to `epoch`
/// alone. Fails with `wrong_state` where `epoch` is neither, and nothing is written.
struct apply_to_boards {
  using reply = struct boards_applied;
  std::vector<article_event> events;
  std::vector<complete_mark> marks{};
  apply_source source = apply_source::live;
  std::int64_t epoch = 0; ///< That rows of the database go to.
  std::int32_t today = 0; ///< In days since 1970-01-01.
};

struct boards_applied {
  std::uint64_t applied = 0;
  std::uint64_t ignored = 0; ///< Old versions and repeats.
  std::uint64_t mended = 0; ///< Rows that differed from the database at an equal version.
};

/// One number for each window, in the order of `board_window`.
using board_versions = std::array<std::int64_t, board_windows>;

/// Asks for the state of the boards and, for each window whose version is not the known
/// one, its first 100 rows; all at one moment.
struct look_at_boards {
  using reply = struct boards_seen;
  std::int32_t today = 0;
  std::int64_t epoch = 0; ///< The epoch of `versions`; 0 = nothing is known.
  board_versions versions{};
};

struct boards_seen {
  std::int64_t epoch = 0;    ///< The epoch that is served; 0 = none is complete yet.
  std::int64_t building = 0; ///< The epoch that is being filled; 0 = none.
  /// The day of these boards: a day later than the one that was asked for where another
  /// replica's clock is ahead.
  std::int32_t today = 0;
  /// Up to when all events are in the served epoch; 1970 until each partition has had a
  /// mark.
  wall_time as_of{};
  board_versions versions{}; ///< Within an epoch none is used again for other rows.
  std::array<std::optional<std::vector<board_row>>, board_windows> rows{};
  std::int64_t on_board = 0; ///< Articles on the board of all time.
  std::int64_t known = 0;    ///< With those that are on no board.
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

/// Why all rows of the database are read.
enum class walk_reason : std::uint8_t {
  cold,    ///< No epoch is served: fills one.
  rebuild, ///< Fills a new epoch while another is served.
  audit,   ///< Compares the served epoch.
};

/// Asks for the lease to walk over all rows. One replica holds it at a time (one for
/// filling, one for auditing), until it finishes a fill or the lease runs out; asking
/// again extends the lease and gives the same epoch. A replica that takes an epoch over
/// fills it from the beginning. `cold` and `rebuild` both extend a fill that is under
/// way.
struct begin_walk {
  using reply = struct walk_grant;
  std::string replica;
  walk_reason reason = walk_reason::cold;
  std::chrono::milliseconds lease{};
  std::int32_t today = 0;
};

struct walk_grant {
  /// The epoch to write; 0 = another replica has the lease, or there is no need (`cold`
  /// while an epoch is served, `audit` while none is).
  std::int64_t epoch = 0;
};

/// Every row was written. A filled epoch is served from now on, and the one before it is
/// deleted; an audited one is now known to be complete up to `complete_until`. Fails with
/// `wrong_state` where the lease was lost.
struct finish_walk {
  using reply = done;
  std::string replica;
  std::int64_t epoch = 0;
  wall_time complete_until{};
};

/// Where the boards are kept: in memory or in Redis. Each call is a step of a journey of
/// its ranking; it fails with `unavailable` while the store is away.
class board_store {
 public:
  virtual ~board_store() = default;
  [[nodiscard]] virtual task<result<boards_applied>> apply(apply_to_boards batch) = 0;
  [[nodiscard]] virtual task<result<boards_seen>> look(look_at_boards known) = 0;
  [[nodiscard]] virtual task<result<board_place>> find(find_in_board wanted) = 0;
  [[nodiscard]] virtual task<result<walk_grant>> begin(begin_walk wanted) = 0;
  [[nodiscard]] virtual task<result<done>> finish(finish_walk walked) = 0;
};

} // namespace tinybook
