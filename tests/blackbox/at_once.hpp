#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace tinybook::test {

/// Runs `work(i)` on `n` threads that start together.
template <class Work>
void at_once(int n, Work work) {
  std::atomic<int> waiting{n};
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i)
    threads.emplace_back([&, i] {
      --waiting;
      while (waiting > 0)
        std::this_thread::yield();
      work(i);
    });
  for (auto& t : threads)
    t.join();
}

} // namespace tinybook::test
