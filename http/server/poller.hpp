#pragma once

#include "http/server/connection.hpp"
#include "http/server/conversation.hpp"
#include "http/server/poller_journeys.hpp"
#include "http/server/server_core.hpp"
#include "http/server/unique_fd.hpp"
#include "storage/result.hpp"

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tinybook::http {

/// A thread with its share of the connections in an epoll of its own. It reads, runs the
/// journeys that answer, writes, and keeps the deadlines. A connection stays with its
/// poller for life, so there is no lock but around what comes in from other threads.
class poller {
 public:
  poller(server_core& core, caf::actor_system* system);
  /// Joins; see `join`.
  ~poller();

  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;

  /// Takes what it needs of the system and starts the thread.
  [[nodiscard]] result<done> start();

  // What the thread does; also by hand, for tests in virtual time.
  [[nodiscard]] result<done> open();
  /// Waits so long for what comes in, and does what is to be done. False at the end.
  [[nodiscard]] bool turn(int most_ms);
  /// How long the next turn may wait; -1 = until something comes in.
  [[nodiscard]] int wait_ms();
  /// Readable where something has come in.
  [[nodiscard]] int descriptor() const { return epoll_.get(); }
  [[nodiscard]] const poller_journeys& running() const { return *journeys_; }

  /// Takes in a new connection. Any thread.
  void adopt(std::unique_ptr<connection> fresh);

  /// Makes the thread look at the flags of the core again.
  void wake() const;

  /// Waits for the end of the thread: it ends without connections once none comes in.
  void join();

 private:
  void handle(connection& with, std::uint32_t events);
  [[nodiscard]] next_step react(connection& with, std::uint32_t events);
  [[nodiscard]] next_step read_from(connection& with);
  [[nodiscard]] next_step linger(connection& with);
  void apply(connection& with, next_step step);
  void resume();
  void update_interest(connection& with) const;
  void close(connection& with);

  void take_mail();
  void admit(std::unique_ptr<connection> fresh);
  [[nodiscard]] next_step greet(connection& fresh);
  [[nodiscard]] bool close_oldest_idle();
  void file_idle(connection& with);
  void take_from_idle(connection& with);
  [[nodiscard]] bool holds_too_much(const connection& with) const;

  void sweep(steady_time now);
  void collect_due(steady_time now);
  [[nodiscard]] bool is_due(const connection& with, steady_time now) const;
  [[nodiscard]] next_step expire(connection& with);
  [[nodiscard]] next_step cut_off(connection& with);

  server_core& core_;
  caf::actor_system* system_;
  const std::chrono::milliseconds tick_;
  unique_fd epoll_;
  unique_fd wake_;
  std::array<epoll_event, 128> events_{};
  bool work_left_ = false;            ///< Journeys could go on.
  std::vector<connection*> answered_; ///< Their answer has just come.
  std::deque<connection*> yielding_;  ///< Their turn was over.
  std::optional<poller_journeys> journeys_;
  std::optional<conversation> talk_;
  std::vector<std::unique_ptr<connection>> connections_; ///< End before the journeys do.
  std::vector<connection*> due_;
  std::list<connection*> idle_; ///< The one that is idle for longest is in front.
  std::string scratch_;
  std::string out_;
  steady_time next_sweep_{};

  std::mutex mutex_; ///< Guards `mail_`.
  std::vector<std::unique_ptr<connection>> mail_;
  std::thread thread_;
};

} // namespace tinybook::http
