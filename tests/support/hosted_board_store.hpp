#pragma once

#include "actors/ranking/board_store.hpp"
#include "actors/system/ask.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace tinybook::test {

/// A board store behind the mailbox of an actor of its own: for tests without a ranking,
/// and where the rankings of several replicas share it.
using board_host_actor =
    actor_for<apply_to_boards, look_at_boards, find_in_board, begin_walk, finish_walk>;

class board_host_state {
 public:
  using actor_type = board_host_actor;

  board_host_state(self_pointer<actor_type> self, std::unique_ptr<board_store> boards)
      : self_(std::move(self)), boards_(std::move(boards)) {}

  actor_type::behavior_type make_behavior() {
    return {
        [](const get_status&) { return actor_status{}; },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](const apply_to_boards& m) {
          return begin_journey(self_, "apply", boards_->apply(m));
        },
        [this](const look_at_boards& m) {
          return begin_journey(self_, "look", boards_->look(m));
        },
        [this](const find_in_board& m) {
          return begin_journey(self_, "find", boards_->find(m));
        },
        [this](const begin_walk& m) {
          return begin_journey(self_, "begin", boards_->begin(m));
        },
        [this](const finish_walk& m) {
          return begin_journey(self_, "finish", boards_->finish(m));
        },
    };
  }

 private:
  self_pointer<actor_type> self_;
  std::unique_ptr<board_store> boards_;
};

/// The store that such an actor has.
class hosted_board_store final : public board_store {
 public:
  hosted_board_store(address<board_host_actor> host, std::chrono::milliseconds at_most)
      : host_(std::move(host)), at_most_(at_most) {}

  task<result<boards_applied>> apply(apply_to_boards m) override { return pass(m); }
  task<result<boards_seen>> look(look_at_boards m) override { return pass(m); }
  task<result<board_place>> find(find_in_board m) override { return pass(m); }
  task<result<walk_grant>> begin(begin_walk m) override { return pass(m); }
  task<result<done>> finish(finish_walk m) override { return pass(m); }

 private:
  template <class M>
  task<result<typename M::reply>> pass(const M& m) const {
    return ask_as_task(host_, at_most_, m);
  }

  address<board_host_actor> host_;
  std::chrono::milliseconds at_most_;
};

} // namespace tinybook::test
