#include "http/providers/call_deadlines.hpp"

#include <sys/socket.h>

#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace tinybook::http {

call_deadlines::call_deadlines() : thread_([this] { watch(); }) {}

call_deadlines::~call_deadlines() {
  {
    std::lock_guard guard{mutex_};
    ended_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void call_deadlines::add(line& of, clock::time_point deadline) {
  std::lock_guard guard{mutex_};
  of.place_ = waiting_.emplace(deadline, &of);
  if (of.place_ == waiting_.begin())
    changed_.notify_one();
}

/// Afterwards nobody stops that call, for lines are stopped under the same mutex.
void call_deadlines::remove(line& of) {
  std::lock_guard guard{mutex_};
  if (of.place_ != waiting_.end())
    waiting_.erase(std::exchange(of.place_, waiting_.end()));
}

void call_deadlines::watch() {
  std::unique_lock lock{mutex_};
  while (!ended_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = waiting_.begin();
    // A copy: during the wait the call may end and its entry be erased.
    const auto [deadline, late] = *first;
    if (clock::now() < deadline) {
      changed_.wait_until(lock, deadline);
      continue;
    }
    waiting_.erase(first);
    late->place_ = waiting_.end();
    late->stop(verdict::late);
  }
}

call_deadlines::line::line(std::shared_ptr<call_deadlines> deadlines)
    : deadlines_(std::move(deadlines)), place_(deadlines_->waiting_.end()) {}

call_deadlines::line::~line() {
  deadlines_->remove(*this);
  forget_socket();
}

void call_deadlines::line::begin(clock::time_point deadline) {
  {
    std::lock_guard guard{mutex_};
    verdict_ = cut_ ? verdict::cut : verdict::in_time;
  }
  deadlines_->add(*this, deadline);
}

void call_deadlines::line::opened(int socket) {
  std::lock_guard guard{mutex_};
  forget_socket();
  socket_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (verdict_ != verdict::in_time)
    ::shutdown(socket, SHUT_RDWR);
}

auto call_deadlines::line::end() -> verdict {
  deadlines_->remove(*this);
  std::lock_guard guard{mutex_};
  return verdict_;
}

void call_deadlines::line::cut() {
  std::lock_guard guard{mutex_};
  cut_ = true;
  if (verdict_ == verdict::in_time)
    verdict_ = verdict::cut;
  ::shutdown(socket_, SHUT_RDWR);
}

void call_deadlines::line::stop(verdict why) {
  std::lock_guard guard{mutex_};
  if (verdict_ == verdict::in_time)
    verdict_ = why;
  ::shutdown(socket_, SHUT_RDWR);
}

void call_deadlines::line::forget_socket() {
  if (socket_ >= 0)
    ::close(std::exchange(socket_, -1));
}

} // namespace tinybook::http
