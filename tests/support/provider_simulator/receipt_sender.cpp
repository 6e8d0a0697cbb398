#include "tests/support/provider_simulator/receipt_sender.hpp"

#include <utility>

namespace tinybook::test {

namespace {

int post_now(const receipt_request& r) {
  const auto path = r.url.find('/', r.url.find("//") + 2);
  if (path == std::string::npos)
    return 0;
  httplib::Client client{r.url.substr(0, path)};
  client.set_connection_timeout(2);
  client.set_read_timeout(5);
  client.set_url_encode(false);
  const auto answer = client.Post(r.url.substr(path), r.headers, r.body, r.content_type);
  return answer ? answer->status : 0;
}

} // namespace

receipt_sender::receipt_sender() : thread_([this] { run(); }) {}

receipt_sender::~receipt_sender() {
  {
    std::lock_guard guard{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void receipt_sender::post(receipt_request what, std::chrono::milliseconds after) {
  std::lock_guard guard{mutex_};
  waiting_.emplace(clock::now() + after, std::move(what));
  changed_.notify_all();
}

std::vector<int> receipt_sender::answers() const {
  std::lock_guard guard{mutex_};
  return answers_;
}

bool receipt_sender::wait_answers(std::size_t count, std::chrono::milliseconds bound) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, bound, [&] { return answers_.size() >= count; });
}

void receipt_sender::run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto due = waiting_.begin()->first;
    if (clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    const auto next = waiting_.extract(waiting_.begin());
    lock.unlock();
    const int status = post_now(next.mapped());
    lock.lock();
    answers_.push_back(status);
    changed_.notify_all();
  }
}

} // namespace tinybook::test
