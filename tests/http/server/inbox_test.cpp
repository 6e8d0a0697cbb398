#include "http/server/inbox.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

namespace tinybook::http {

TEST_CASE("an inbox asks to be woken for the first item of a receiver that sleeps") {
  inbox<int> in;
  CHECK_FALSE(in.put(1)); // Its receiver is awake, and looks before it sleeps.
  CHECK_FALSE(in.fall_asleep());
  std::vector<int> got;
  in.take(got);
  CHECK(got == std::vector{1});
  CHECK(in.fall_asleep());
  CHECK(in.put(2));
  CHECK_FALSE(in.put(3));
  got.clear();
  in.take(got);
  CHECK(got == std::vector{2, 3});
}

TEST_CASE("what comes to an inbox after its close is dropped, and so is what was there") {
  inbox<std::shared_ptr<int>> in;
  const auto item = std::make_shared<int>(7);
  CHECK_FALSE(in.put(item));
  in.close();
  CHECK(item.use_count() == 1);
  CHECK_FALSE(in.put(item));
  CHECK(item.use_count() == 1);
}

// The senders have nothing of CAF in them, so that a thread sanitizer sees all there is.
TEST_CASE("four senders and a receiver that sleeps whenever it may lose no item") {
  constexpr int senders = 4;
  constexpr int each = 20'000;
  inbox<int> in;
  std::counting_semaphore<> wake{0};
  std::vector<std::thread> threads;
  for (int s = 0; s < senders; ++s)
    threads.emplace_back([&in, &wake, s] {
      for (int i = 0; i < each; ++i)
        if (in.put(s * each + i))
          wake.release();
    });
  std::vector<int> last(senders, -1);
  std::vector<int> got;
  int total = 0;
  int out_of_order = 0;
  while (total < senders * each) {
    if (in.fall_asleep())
      wake.acquire();
    got.clear();
    in.take(got);
    for (const int one : got) {
      auto& before = last[static_cast<std::size_t>(one / each)];
      out_of_order += one % each == before + 1 ? 0 : 1;
      before = one % each;
    }
    total += static_cast<int>(got.size());
  }
  for (auto& one : threads)
    one.join();
  CHECK(out_of_order == 0);
  CHECK(total == senders * each);
  CHECK_FALSE(wake.try_acquire()); // Woken only when it slept.
}

} // namespace tinybook::http
