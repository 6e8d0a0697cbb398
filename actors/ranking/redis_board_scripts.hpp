#pragma once

#include "storage/redis/script.hpp"

namespace tinybook {

/// The boards in Redis, one script an operation. All keys begin with KEYS[1],
/// `<prefix>:{rank}`; below it
///
///     :meta             hash: served, building (epochs, 0 = none), run_id (of the server
///                       that holds them), base (ms, the served epoch is complete up to
///                       it by its hydration), partitions, m:<p> (marks in ms), counter
///                       (the greatest epoch so far)
///     :fill, :audit     who fills `building` and who audits `served`, with an end
///     :<E>:ver          hash: id -> version; what is deleted or off the boards, too
///     :<E>:info         hash: id -> "reads:author:bytes of title:title name"; what is on
///     :<E>:all          sorted set: id in 20 digits -> likes
///     :<E>:dc:<day>     hash: id -> "likes:version" of that day, whether on or off
///     :<E>:d:<day>      sorted set of the day
///     :<E>:w:<day>      sorted set of the seven days that end with it
///     :<E>:days         set of the days that have any of these
///     :<E>:tv           hash: `all`, `d:<day>`, `w:<day>` -> version of the window's
///     first
///                       100 rows, all from the one counter `n`; today -> the latest day
///                       that was named as today
///
/// of an epoch E. Days are in days since 1970-01-01. Boards of yesterday, today and
/// tomorrow are kept: replicas that pass midnight one after the other all find theirs.
/// Ties stand by newest id, as a reversed sorted set has them.
///
/// Nothing is cleared in place: an epoch grows beside the served one, takes its place,
/// and the old one is unlinked. A server that is not the one that began the epoch
/// (restarted, with or without its data: the last second may be lost) voids it.
struct redis_board_scripts {
  /// source ("live" | "database"), epoch, today, count of marks, for each: partition,
  /// partitions, ms; for each event: id, ver, cnt, published (0 | 1), reads, rest of
  /// the info, day, day_cnt, day_ver → {applied, ignored, mended} or {"wrong_state"}.
  static const storage::redis::script apply;
  /// today, epoch, version of each window → {served, building, day, as_of, on board,
  /// known, version of each window …, for each: nil or {id, likes, info, …}}.
  static const storage::redis::script look;
  /// window (`all` | `d` | `w`), today, id, each_side → {served, day, version, as_of,
  /// first rank, {id, likes, info, …}}.
  static const storage::redis::script find;
  /// replica, reason (`cold` | `rebuild` | `audit`), lease in ms → epoch, 0 = none.
  static const storage::redis::script begin;
  /// replica, epoch, complete_until in ms → 1, or 0 where the lease was lost.
  static const storage::redis::script finish;
};

} // namespace tinybook
