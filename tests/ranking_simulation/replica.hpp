#pragma once

#include "tests/ranking_simulation/servers.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tinybook::ranking_sim {

/// The real publisher, feed and ranking of one process, with its connections.
class replica {
 public:
  replica(caf::actor_system& system, world& w, int number,
          address<test::board_host_actor> shared);

  void start();
  void kill();
  [[nodiscard]] bool runs() const { return runs_; }
  [[nodiscard]] const catcher_state::shown& shown() const { return *shown_; }
  [[nodiscard]] int number() const { return number_; }

  /// A transaction of this process has committed.
  void committed();
  void rebuild();
  void ask_for_rank(std::int64_t id);
  void restart_ranking();
  void restart_publisher();
  void restart_feed();

 private:
  template <class Handle, class State, class... Args>
  void spawn(const address<Handle>& at, Args... args);
  void start_ranking();
  void start_publisher();
  void start_feed();
  template <class Handle>
  void end(const address<Handle>& at);
  [[nodiscard]] wall_clock clock() const;

  caf::actor_system& system_;
  world& world_;
  int number_;
  std::chrono::milliseconds clock_is_off_;
  bool runs_ = false;
  address<test::board_host_actor> shared_;
  std::unique_ptr<catcher_state::shown> shown_ = std::make_unique<catcher_state::shown>();

  address<reader_state::actor_type> database_;
  address<event_bus_actor> bus_;
  address<event_source_actor> source_;
  address<event_feed_actor> feed_;
  address<event_publisher_actor> publisher_;
  address<test::board_host_actor> boards_;
  address<ranking_actor> ranking_;
  address<ingress_actor> ingress_;
  caf::actor asker_;
};

} // namespace tinybook::ranking_sim
