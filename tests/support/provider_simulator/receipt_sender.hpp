#pragma once

#include "tests/support/provider_simulator/dialect.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace tinybook::test {

/// Posts receipts when their time has come, on a thread of its own.
class receipt_sender {
 public:
  receipt_sender();
  ~receipt_sender();
  receipt_sender(const receipt_sender&) = delete;
  receipt_sender& operator=(const receipt_sender&) = delete;

  void post(receipt_request what, std::chrono::milliseconds after);

  /// The HTTP statuses that came back so far; 0 = no answer.
  [[nodiscard]] std::vector<int> answers() const;

  /// Whether `count` answers came within `bound`.
  [[nodiscard]] bool wait_answers(std::size_t count, std::chrono::milliseconds bound);

 private:
  using clock = std::chrono::steady_clock;
  void run();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<clock::time_point, receipt_request> waiting_;
  std::vector<int> answers_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace tinybook::test
