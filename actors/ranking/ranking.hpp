#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/messages.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/article_store.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace tinybook {

struct ranking_config : config::ranking_settings {
  std::string replica{}; ///< Unique among the replicas.
  std::chrono::milliseconds request_timeout{0};
  std::chrono::milliseconds audit_pause{10}; ///< Between the pages of an audit: its rate.
  std::chrono::milliseconds walk_lease{10'000};
  std::chrono::milliseconds retry{1000}; ///< After a failed step of a walk.
  /// How far the clock may be ahead of the database's.
  std::chrono::milliseconds clock_error{100};
  std::int64_t page = 1000; ///< Rows a page of hydration and audit.
};

struct ranking_peers {
  store_address<article_store_actor> articles;
  address<board_store_actor> boards;
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
/// A crash loses nothing: everything here is read again from the store and the database.
class ranking_state {
 public:
  using actor_type = ranking_actor;

  ranking_state(self_pointer<actor_type> self, ranking_config config, ranking_peers peers,
                wall_clock clock);

  actor_type::behavior_type make_behavior();

 private:
  using snapshots = std::array<board_snapshot_ptr, board_windows>;

  /// A walk over the whole database that is under way.
  struct walk {
    std::uint64_t number = 0; ///< Tells it from an earlier one over the same epoch.
    walk_reason reason = walk_reason::cold;
    std::int64_t epoch = 0;
    wall_time began{};
    wall_time renewed{};
    bool over_days = false; ///< The articles are done, the counts of their days follow.
    article_id after = 0;
    std::int32_t after_day = 0;
  };

  caf::result<done> apply(const apply_events& batch);
  caf::result<served_board> get(const get_board& m);
  void read_store(board_window window, const pending_reply<served_board>& reply,
                  std::function<void(board_snapshot)> answer);
  caf::result<served_board> find(const find_rank& m);
  caf::result<done> rebuild();

  void refresh();
  void poll_store();
  void store_polled(boards_seen now_there);
  void read_database();
  void read_window(board_window window, wall_time asked_at, std::int32_t today,
                   std::function<void(result<board_snapshot>)> then);
  [[nodiscard]] board_snapshot empty_board(board_window window, std::int32_t today) const;
  void publish();
  [[nodiscard]] served_board served(board_window window) const;
  [[nodiscard]] bool is_stale(wall_time as_of) const;
  [[nodiscard]] std::optional<board_snapshot> near_in_copy(const find_rank& m) const;
  [[nodiscard]] std::int32_t today() const;

  void ask_to_walk(walk_reason reason);
  [[nodiscard]] bool is_filling() const;
  [[nodiscard]] begin_walk request_for(walk_reason reason) const;
  void start_walk(walk_reason reason, walk_grant granted);
  [[nodiscard]] bool is_current(std::uint64_t walk_number) const;
  void next_page();
  void read_page();
  void apply_page(const storage::event_page& page);
  void page_written(bool last);
  void finish_walking();
  void abandon_walk();
  void pause_walk(std::chrono::milliseconds d);

  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  ranking_config config_;
  ranking_peers peers_;
  wall_clock clock_;
  timer refresh_timer_;
  timer walk_timer_; ///< The next page, or the retry of one.
  timer audit_timer_;

  snapshots from_store_;
  snapshots from_database_;
  boards_seen last_look_{};
  bool polling_ = false;
  std::size_t reading_ = 0; ///< Windows that are being read from the database.
  wall_time read_at_{};

  std::optional<walk> walk_;
  std::uint64_t walks_ = 0;
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
