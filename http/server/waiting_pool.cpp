#include "http/server/waiting_pool.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace tinybook::http {

waiting_pool::waiting_pool(waiting_pool_config config, work run)
    : config_(config), run_(std::move(run)) {}

waiting_pool::~waiting_pool() {
  stop();
}

bool waiting_pool::submit(connection& with) {
  std::unique_lock lock(mutex_);
  if (!idle_.empty()) {
    auto* chosen = idle_.back();
    idle_.pop_back();
    chosen->job = &with;
    chosen->woken.notify_one(); // Under the lock: afterwards it may be gone.
    return true;
  }
  if (threads_ < config_.max_threads && start_worker(with)) {
    auto finished = std::exchange(finished_, {});
    lock.unlock();
    join_finished(std::move(finished));
    return true;
  }
  if (threads_ == 0)
    return false;
  queue_.push_back(&with);
  return true;
}

bool waiting_pool::start_worker(connection& first) {
  auto fresh = std::make_unique<worker>();
  fresh->pool = this;
  fresh->job = &first;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0)
    return false;
  (void)pthread_attr_setstacksize(&attributes, config_.stack_bytes);
  bool started = pthread_create(&fresh->thread, &attributes, &enter, fresh.get()) == 0;
  (void)pthread_attr_destroy(&attributes);
  if (!started)
    return false;
  ++threads_;
  (void)fresh.release(); // Freed by join_finished.
  return true;
}

void* waiting_pool::enter(void* self) {
  auto& worker_self = *static_cast<worker*>(self);
  worker_self.pool->loop(worker_self);
  return nullptr;
}

void waiting_pool::loop(worker& self) {
  while (auto* job = next_job(self))
    run_(*job);
}

connection* waiting_pool::next_job(worker& self) {
  std::unique_lock lock(mutex_);
  if (self.job == nullptr && !queue_.empty()) {
    self.job = queue_.front();
    queue_.pop_front();
  }
  if (self.job == nullptr && !stopping_) {
    idle_.push_back(&self);
    auto until = std::chrono::steady_clock::now() + config_.idle;
    (void)self.woken.wait_until(lock, until,
                                [&] { return self.job != nullptr || stopping_; });
    if (self.job == nullptr)
      std::erase(idle_, &self);
  }
  if (self.job == nullptr) {
    --threads_;
    finished_.push_back(&self);
    if (threads_ == 0)
      all_ended_.notify_all();
  }
  return std::exchange(self.job, nullptr);
}

void waiting_pool::join_finished(std::vector<worker*> finished) {
  for (auto* one : finished) {
    (void)pthread_join(one->thread, nullptr);
    delete one;
  }
}

void waiting_pool::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  for (auto* one : idle_)
    one->woken.notify_one();
  all_ended_.wait(lock, [this] { return threads_ == 0; });
  auto finished = std::exchange(finished_, {});
  lock.unlock();
  join_finished(std::move(finished));
}

waiting_pool::reading waiting_pool::read() const {
  std::lock_guard lock(mutex_);
  return {threads_, idle_.size(), queue_.size()};
}

} // namespace tinybook::http
