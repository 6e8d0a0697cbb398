#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/article_store.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tinybook {

struct ranking_config : config::ranking_settings {
  std::string replica{}; ///< Unique among the replicas.
  default_timeout request_timeout{};
  std::chrono::milliseconds audit_pause{10}; ///< Between the pages of an audit: its rate.
  std::chrono::milliseconds walk_lease{10'000};
  std::chrono::milliseconds retry{1000}; ///< After a failed step of a walk.
  /// How far the clock may be ahead of the database's.
  std::chrono::milliseconds clock_error{100};
  std::int64_t page = 1000; ///< Rows a page of hydration and audit.
};

struct ranking_peers {
  store_address<article_store_actor> articles;
  /// At each start: boards in memory go with the ranking that has them.
  std::function<std::unique_ptr<board_store>()> make_boards;
  address<ingress_actor> ingress;
};

/// The boards that one replica shows: its copy of the board store's or, where that is too
/// old, of the database's.
///
/// In each refresh period it asks the board store what has changed and pushes the boards
/// to the ingress. While the store's boards are older than half of `max_stale` (it is
/// away or empty, or the stream of events stands still), it also reads the 100 most liked
/// articles from the database, once in that time however many ask; the newer of the two
/// is shown.
///
/// A store without a complete epoch is filled from the database in keyset pages while
/// live events go on: versions make the order irrelevant. The audit is the same walk over
/// a complete epoch; what it has to correct is counted as drift. One replica walks at a
/// time.
///
/// A crash loses the boards where they are kept in memory. What is shown is read from the
/// database at once, until the boards are filled from it again.
class ranking_state {
 public:
  using actor_type = ranking_actor;

  ranking_state(self_pointer<actor_type> self, ranking_config config, ranking_peers peers,
                wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  using snapshots = std::array<board_snapshot_ptr, board_windows>;

  /// How far a walk over the whole database is.
  struct walk {
    walk_reason reason = walk_reason::cold;
    std::int64_t epoch = 0;
    wall_time began{};
    wall_time renewed{};
    bool over_days = false; ///< The articles are done, the counts of their days follow.
    article_id after = 0;
    std::int32_t after_day = 0;
    bool at_end = false;
  };

  task<result<done>> apply(apply_events batch);
  task<result<served_board>> get(get_board asked);
  task<result<board_snapshot>> read_store(board_window window);
  task<result<served_board>> find(find_rank asked);
  task<result<done>> rebuild();

  void refresh();
  task<result<done>> poll_store();
  void store_polled(boards_seen now_there);
  void read_database();
  task<result<done>> renew_from_database(board_window window, wall_time asked_at);
  task<result<board_snapshot>> read_window(board_window window, wall_time asked_at);
  [[nodiscard]] board_snapshot empty_board(board_window window, std::int32_t today) const;
  void publish();
  [[nodiscard]] served_board served(board_window window) const;
  [[nodiscard]] served_board as_served(board_snapshot board) const;
  [[nodiscard]] bool is_stale(wall_time as_of) const;
  [[nodiscard]] std::optional<board_snapshot> near_in_copy(const find_rank& m) const;
  [[nodiscard]] std::int32_t today() const;

  task<result<done>> ask_to_walk(walk_reason reason);
  [[nodiscard]] bool is_filling() const;
  [[nodiscard]] begin_walk request_for(walk_reason reason) const;
  void start_walk(walk_reason reason, walk_grant granted);
  task<result<done>> walk_all(walk w);
  task<result<walk>> walk_a_page(walk w);
  task<result<storage::event_page>> read_page(walk w);
  task<result<done>> finish_walking(walk w);

  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  ranking_config config_;
  ranking_peers peers_;
  std::unique_ptr<board_store> boards_;
  wall_clock clock_;
  timer refresh_timer_;
  timer audit_timer_;

  snapshots from_store_;
  snapshots from_database_;
  boards_seen last_look_{};
  bool polling_ = false;
  std::size_t reading_ = 0; ///< Windows that are being read from the database.
  wall_time read_at_{};

  journey* walking_ = nullptr; ///< The walk that is under way.
  walk_reason walks_for_ = walk_reason::cold;
  bool asking_to_walk_ = false;

  std::uint64_t applied_ = 0;
  std::uint64_t ignored_ = 0;
  std::uint64_t drift_ = 0;     ///< Rows that an audit had to correct.
  std::uint64_t caught_up_ = 0; ///< Rows that an audit found newer than the board.
  std::uint64_t audits_ = 0;
  std::uint64_t fills_ = 0;
  std::uint64_t database_reads_ = 0;
  std::uint64_t failed_looks_ = 0;
};

} // namespace tinybook
