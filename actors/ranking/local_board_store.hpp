#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/board_book.hpp"
#include "actors/system/managed_actor.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace tinybook {

/// The boards of one process, in memory. A crash loses them: the ranking then finds no
/// epoch and fills one from the database.
class local_board_store_state {
 public:
  using actor_type = board_store_actor;

  local_board_store_state(self_pointer<actor_type> self, wall_clock clock)
      : self_(std::move(self)), clock_(std::move(clock)) {}

  actor_type::behavior_type make_behavior();

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

  caf::result<boards_applied> apply(const apply_to_boards& batch);
  [[nodiscard]] boards_seen look(const look_at_boards& m);
  [[nodiscard]] board_place find(const find_in_board& m);
  [[nodiscard]] walk_grant begin(const begin_walk& m);
  caf::result<done> finish(const finish_walk& m);

  /// Whether `m` has or gets `right`.
  [[nodiscard]] bool take(walk_right& right, const begin_walk& m) const;
  [[nodiscard]] bool holds(const walk_right& right, const std::string& replica) const;
  void roll(std::int32_t today);
  [[nodiscard]] wall_time as_of() const;
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
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
