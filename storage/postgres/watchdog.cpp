#include "storage/postgres/watchdog.hpp"

#include <sys/socket.h>

namespace tinybook::storage::postgres {

namespace {

/// How often calls are checked: cheaper than waking the thread for every statement.
constexpr auto check_interval = std::chrono::milliseconds{50};

} // namespace

socket_watchdog::socket_watchdog() : thread_([this] { watch(); }) {}

socket_watchdog::~socket_watchdog() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void socket_watchdog::watch() {
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, check_interval, [this] { return stopping_; }))
    shut_late_calls();
}

void socket_watchdog::shut_late_calls() {
  const auto now = steady::now();
  for (auto* g : guards_) {
    if (g->fired_ || now < g->until_)
      continue;
    g->fired_ = true;
    ::shutdown(g->socket_, SHUT_RDWR);
  }
}

socket_watchdog::guard::guard(socket_watchdog& watchdog, int socket,
                              std::chrono::milliseconds bound)
    : watchdog_(watchdog), socket_(socket), until_(steady::now() + bound) {
  std::lock_guard lock{watchdog_.mutex_};
  place_ = watchdog_.guards_.insert(watchdog_.guards_.end(), this);
}

socket_watchdog::guard::~guard() {
  std::lock_guard lock{watchdog_.mutex_};
  watchdog_.guards_.erase(place_);
}

bool socket_watchdog::guard::fired() const {
  std::lock_guard lock{watchdog_.mutex_};
  return fired_;
}

} // namespace tinybook::storage::postgres
