#pragma once

#include "storage/types.hpp"

#include <chrono>
#include <mutex>
#include <optional>

namespace tinybook {

/// The wall clock of a shared database as this process knows it: the steady clock plus an
/// offset. Safe from any thread.
///
/// A reading of the database's clock was made at some moment between question and answer,
/// so at the answer its true time lies within an interval as long as the round trip. The
/// offset moves into that interval by the shortest way: a slow answer is imprecise and
/// moves nothing, a fast one corrects drift, and time goes back no further than necessary
/// (Marzullo 1984, of one source over time).
class synced_clock {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  /// A reading `database_now` (whole milliseconds, rounded down) that was asked for at
  /// `before` and was there at `after`.
  void sync(wall_time database_now, steady_time before, steady_time after);

  /// In whole milliseconds; the system's time before the first reading.
  [[nodiscard]] wall_time now() const;
  /// The same at another moment of the steady clock; nothing before the first reading.
  [[nodiscard]] std::optional<wall_time> at(steady_time moment) const;

  /// How far the database's clock is ahead of the system's; 0 before the first reading.
  [[nodiscard]] std::chrono::milliseconds ahead_of_system() const;

 private:
  mutable std::mutex mutex_;
  /// Of the database's time since 1970 over the steady clock's time since its epoch.
  std::optional<std::chrono::nanoseconds> offset_;
};

} // namespace tinybook
