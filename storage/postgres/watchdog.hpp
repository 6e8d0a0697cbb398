#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace tinybook::storage::postgres {

/// Shuts the sockets of calls that take too long, from a thread of its own. libpq blocks
/// in reads without a bound: a server that is frozen, or a network that swallows what is
/// sent while the other side's kernel still acknowledges, would hold a worker for ever.
class socket_watchdog {
 public:
  using steady = std::chrono::steady_clock;

  socket_watchdog();
  socket_watchdog(const socket_watchdog&) = delete;
  socket_watchdog& operator=(const socket_watchdog&) = delete;
  ~socket_watchdog();

  /// Watches `socket` during one call, which is its own lifetime. The socket must stay
  /// open as long.
  class guard {
   public:
    guard(socket_watchdog& watchdog, int socket, std::chrono::milliseconds bound);
    guard(const guard&) = delete;
    guard& operator=(const guard&) = delete;
    ~guard();

    /// Whether the socket was shut.
    [[nodiscard]] bool fired() const;

   private:
    friend class socket_watchdog;
    socket_watchdog& watchdog_;
    int socket_;
    steady::time_point until_;
    bool fired_ = false;
    std::list<guard*>::iterator place_;
  };

 private:
  void watch();
  void shut_late_calls();

  mutable std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::list<guard*> guards_;
  std::thread thread_;
};

} // namespace tinybook::storage::postgres
