// The raw rate of password checks on all cores, at the product's default cost.
//   bench_argon2 [SECONDS]
#include "actors/accounts/password_hash.hpp"
#include "actors/wiring/configs.hpp"
#include "config/loader.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
  using namespace tinybook;
  std::chrono::duration<double> seconds{argc > 1 ? std::atof(argv[1]) : 5};
  auto hash = hash_password("correct horse", hash_cost_from(config::defaults()));
  if (!hash)
    return 1;
  std::atomic<std::uint64_t> checks{0};
  auto began = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
    threads.emplace_back([&] {
      while (std::chrono::steady_clock::now() - began < seconds)
        if (auto same = verify_password(*hash, "correct horse"); same && *same)
          ++checks;
    });
  for (auto& t : threads)
    t.join();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::printf("%.1f\n", static_cast<double>(checks) / took.count());
  return 0;
}
