#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tinybook::http {

/// Ends the process when a stop hangs: `expired` is called `bound` after the construction
/// unless the watchdog was destroyed before; it reports and does not return.
class watchdog {
 public:
  watchdog(std::chrono::milliseconds bound, std::function<void()> expired);
  ~watchdog();
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable called_off_changed_;
  bool called_off_ = false;
  std::thread thread_;
};

} // namespace tinybook::http
