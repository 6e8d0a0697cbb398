#pragma once

#include "actors/ranking/board_book.hpp"
#include "actors/ranking/board_store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace tinybook {

/// The boards of one process, in memory. A crash of their ranking loses them: it then
/// finds no epoch and fills one from the database.
class local_board_store final : public board_store {
 public:
  explicit local_board_store(wall_clock clock) : clock_(std::move(clock)) {}

  task<result<boards_applied>> apply(apply_to_boards batch) override;
  task<result<boards_seen>> look(look_at_boards known) override;
  task<result<board_place>> find(find_in_board wanted) override;
  task<result<walk_grant>> begin(begin_walk wanted) override;
  task<result<done>> finish(finish_walk walked) override;

 private:
  struct epoch_boards {
    std::int64_t epoch = 0;
    board_book book;
    wall_time complete_until{}; ///< By what was read from the database.
  };
  struct walk_right {
    std::string replica;
    wall_time until{};
  };

  /// Whether `m` has or gets `right`.
  [[nodiscard]] bool take(walk_right& right, const begin_walk& m) const;
  [[nodiscard]] bool holds(const walk_right& right, const std::string& replica) const;
  void roll(std::int32_t today);
  [[nodiscard]] wall_time as_of() const;

  wall_clock clock_;
  std::optional<epoch_boards> served_;
  std::optional<epoch_boards> building_;
  walk_right filling_;
  walk_right auditing_;
  std::map<std::int32_t, wall_time> marks_; ///< By partition.
  std::int32_t partitions_ = 1;
  std::int64_t last_epoch_ = 0;
};

} // namespace tinybook
