#pragma once

#include "http/server/connection.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <pthread.h>
#include <vector>

namespace tinybook::http {

struct waiting_pool_config {
  std::size_t max_threads = 0;
  std::chrono::milliseconds idle{0};
  std::size_t stack_bytes = 0;
};

/// Threads that may block. A thread is started when work comes and none is idle; the one
/// that became idle last is used first, so that those not needed stay idle and end.
class waiting_pool {
 public:
  using work = std::function<void(connection&)>;

  waiting_pool(waiting_pool_config config, work run);
  /// Ends as `stop` does.
  ~waiting_pool();

  waiting_pool(const waiting_pool&) = delete;
  waiting_pool& operator=(const waiting_pool&) = delete;

  /// Gives `with` to a thread, or queues it where `max_threads` are busy. False if there
  /// is no thread at all and the system gives none; then the caller keeps it.
  [[nodiscard]] bool submit(connection& with);

  /// Runs what is queued, then joins all threads.
  void stop();

  struct reading {
    std::size_t threads = 0;
    std::size_t idle = 0;
    std::size_t queued = 0;
  };
  [[nodiscard]] reading read() const;

 private:
  struct worker {
    waiting_pool* pool = nullptr;
    connection* job = nullptr;
    std::condition_variable woken;
    pthread_t thread{};
  };

  static void* enter(void* self);
  void loop(worker& self);
  [[nodiscard]] connection* next_job(worker& self);
  [[nodiscard]] bool start_worker(connection& first);
  void join_finished(std::vector<worker*> finished);

  const waiting_pool_config config_;
  const work run_;
  mutable std::mutex mutex_;
  std::condition_variable all_ended_;
  std::vector<worker*> idle_; ///< The last one idle is at the back.
  std::vector<worker*> finished_;
  std::deque<connection*> queue_;
  std::size_t threads_ = 0;
  bool stopping_ = false;
};

} // namespace tinybook::http
