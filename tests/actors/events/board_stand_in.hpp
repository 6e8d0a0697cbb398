#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/board_book.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace tinybook::test {

/// State that the tests share with the stand-in for the ranking. The board follows the
/// real rule; the test decides whether a batch is applied and acknowledged.
struct board_world {
  enum class manner { acks, fails, keeps_silent };

  [[nodiscard]] std::vector<board_row> rows() {
    std::lock_guard guard{mutex};
    return board.top(board_window::all);
  }
  [[nodiscard]] std::size_t applied_events() {
    std::lock_guard guard{mutex};
    return events;
  }
  [[nodiscard]] int rebuilds_asked() {
    std::lock_guard guard{mutex};
    return rebuilds;
  }
  [[nodiscard]] std::map<std::int32_t, wall_time> marks() {
    std::lock_guard guard{mutex};
    return newest_marks;
  }
  void behave(manner how) {
    std::lock_guard guard{mutex};
    now = how;
  }

  std::mutex mutex;
  board_book board{0};
  std::map<std::int32_t, wall_time> newest_marks;
  std::size_t events = 0;
  int rebuilds = 0;
  std::int32_t partitions = 0;
  manner now = manner::acks;
};

class board_stand_in_state {
 public:
  using actor_type = ranking_actor;

  board_stand_in_state(self_pointer<actor_type> self, std::shared_ptr<board_world> world)
      : self_(std::move(self)), world_(std::move(world)) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const apply_events& batch) { return apply(batch); },
        [](const get_board&) -> caf::result<served_board> {
          return to_error(errc::starting);
        },
        [](const find_rank&) -> caf::result<served_board> {
          return to_error(errc::starting);
        },
        [this](const rebuild_boards&) -> caf::result<done> {
          std::lock_guard guard{world_->mutex};
          ++world_->rebuilds;
          return done{};
        },
    };
  }

 private:
  caf::result<done> apply(const apply_events& batch) {
    std::lock_guard guard{world_->mutex};
    if (world_->now == board_world::manner::fails)
      return to_error({errc::unavailable, "told to fail"});
    for (const auto& event : batch.events)
      world_->board.apply(event);
    world_->events += batch.events.size();
    for (const auto& mark : batch.marks) {
      auto& newest = world_->newest_marks[mark.partition];
      newest = std::max(newest, mark.complete_until);
      world_->partitions = mark.partitions;
    }
    if (world_->now == board_world::manner::acks)
      return done{};
    kept_.emplace_back(self_);
    return kept_.back().promise();
  }

  self_pointer<actor_type> self_;
  std::shared_ptr<board_world> world_;
  std::vector<pending_reply<done>> kept_;
};

} // namespace tinybook::test
