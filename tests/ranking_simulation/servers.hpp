#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/sessions/messages.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"
#include "tests/ranking_simulation/world.hpp"
#include "tests/support/hosted_board_store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace tinybook::ranking_sim {

/// Loses, delays and refuses requests on their way to a server and back. Owned by the
/// actor that stands for the connection.
template <class Handle>
class troubled_way {
 public:
  troubled_way(self_pointer<Handle> self, world* w, const mood* how)
      : self_(std::move(self)), world_(w), mood_(how) {}

  /// Calls `run` now, later or not at all; it passes its result to its argument.
  template <class Reply, class Run>
  caf::result<Reply> pass(Run run) {
    if (world_->happens(mood_->fails))
      return to_error(errc::unavailable);
    pending_reply<Reply> reply{self_};
    std::function<void(result<Reply>)> back = reply;
    if (world_->happens(mood_->loses)) {
      kept_.push_back([reply] {}); // Never answered, for as long as the connection lives.
      back = [](const result<Reply>&) {
      };
    }
    if (world_->happens(mood_->delays)) {
      const auto number = ++numbers_;
      later_[number] = [run, back] {
        run(back);
      };
      self_->delayed_send(self_.handle(), std::chrono::milliseconds{world_->pick(2000)},
                          timer_fired{number});
    } else {
      run(back);
    }
    return reply.promise();
  }

  void fired(const timer_fired& t) {
    if (auto due = later_.extract(t.generation))
      due.mapped()();
  }

 private:
  self_pointer<Handle> self_;
  world* world_;
  const mood* mood_;
  std::map<std::uint64_t, std::function<void()>> later_;
  std::vector<std::function<void()>> kept_;
  std::uint64_t numbers_ = 0;
};

/// The connections of one replica to the database.
class reader_state {
 public:
  using actor_type =
      actor_for<storage::list_board_rows, storage::list_board_days,
                storage::list_top_articles, storage::pending_events,
                storage::remove_events, storage::list_own_articles,
                storage::find_own_article, storage::find_saved_article,
                storage::find_public_article, storage::list_newest_articles>;

  reader_state(self_pointer<actor_type> self, world* w, int replica)
      : self_(self), world_(w), replica_(replica), way_(self, w, &w->database_mood) {}

  actor_type::behavior_type make_behavior();

 private:
  self_pointer<actor_type> self_;
  world* world_;
  int replica_;
  troubled_way<actor_type> way_;
};

/// The producer of one replica.
class bus_state {
 public:
  using actor_type = event_bus_actor;

  bus_state(self_pointer<actor_type> self, world* w)
      : self_(self), world_(w), way_(self, w, &w->bus_mood) {}

  actor_type::behavior_type make_behavior();

 private:
  [[nodiscard]] result<done> append(const publish_messages& batch);

  self_pointer<actor_type> self_;
  world* world_;
  troubled_way<actor_type> way_;
};

/// The consumer of one replica: reads its partitions from the committed offset, and
/// commits what the feed has acknowledged if the partitions are still its own.
class source_state {
 public:
  using actor_type = event_source_actor;

  source_state(self_pointer<actor_type> self, world* w, int replica,
               address<event_feed_actor> feed)
      : self_(self),
        world_(w),
        replica_(replica),
        feed_(std::move(feed)),
        poll_(self, 1) {}

  actor_type::behavior_type make_behavior();

 private:
  void poll();

  self_pointer<actor_type> self_;
  world* world_;
  int replica_;
  address<event_feed_actor> feed_;
  timer poll_;
};

/// The connection of one replica to the board store that all share.
class boards_door_state {
 public:
  using actor_type = test::board_host_actor;

  boards_door_state(self_pointer<actor_type> self, world* w,
                    address<test::board_host_actor> shared)
      : self_(self), shared_(std::move(shared)), way_(self, w, &w->boards_mood) {}

  actor_type::behavior_type make_behavior();

 private:
  template <class M>
  caf::result<typename M::reply> forward(const M& m);

  self_pointer<actor_type> self_;
  address<test::board_host_actor> shared_;
  troubled_way<actor_type> way_;
};

/// Takes each board that a replica would serve, and checks it.
class catcher_state {
 public:
  using actor_type = ingress_actor;
  using shown = std::array<served_board, board_windows>;

  catcher_state(self_pointer<actor_type> self, world* w, shown* into)
      : self_(std::move(self)), world_(w), into_(into) {}

  actor_type::behavior_type make_behavior();

 private:
  self_pointer<actor_type> self_;
  world* world_;
  shown* into_;
};

/// What is wrong with `board`, if anything: it must hold everything that was committed
/// before its `as_of`, and nothing that never was.
[[nodiscard]] std::string untruth_of(const board_snapshot& board, const database& db);

/// What is wrong with `board`, if anything: it must equal the database as it is now.
[[nodiscard]] std::string difference_of(const board_snapshot& board, const database& db,
                                        std::int32_t today);

} // namespace tinybook::ranking_sim
