#include "http/app/watchdog.hpp"

#include <utility>

namespace tinybook::http {

watchdog::watchdog(std::chrono::milliseconds bound, std::function<void()> expired)
    : thread_([this, bound, expired = std::move(expired)] {
        std::unique_lock lock{mutex_};
        if (!called_off_changed_.wait_for(lock, bound, [this] { return called_off_; }))
          expired();
      }) {}

watchdog::~watchdog() {
  {
    std::lock_guard guard{mutex_};
    called_off_ = true;
  }
  called_off_changed_.notify_all();
  thread_.join();
}

} // namespace tinybook::http
