// One call through the error-rate judge (counted, compared with the threshold, usual
// rate learned) for windows of more and more buckets, and one call through a circuit.
// Medians of five.
//   bench_error_rate [CALLS]
#include "actors/sms/circuit.hpp"
#include "actors/sms/error_rate_judge.hpp"
#include "tests/support/default_configs.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace tinybook;
using namespace std::chrono_literals;

constexpr int rounds = 5;

/// Every tenth call fails: too few to open the circuit, after which less would be
/// computed.
outcome_class outcome_of(std::int64_t call) {
  return call % 10 == 0 ? outcome_class::provider_down : outcome_class::delivered;
}

template <class Body>
double nanoseconds_each(std::int64_t calls, Body body) {
  std::array<double, rounds> took{};
  for (auto& one : took) {
    const auto began = std::chrono::steady_clock::now();
    for (std::int64_t i = 1; i <= calls; ++i)
      body(i);
    const std::chrono::duration<double, std::nano> all =
        std::chrono::steady_clock::now() - began;
    one = all.count() / static_cast<double>(calls);
  }
  std::ranges::sort(took);
  return took[rounds / 2];
}

/// A call each millisecond, buckets of half a second.
double judge_call(std::size_t buckets, std::int64_t calls) {
  auto rules = test::default_error_rates();
  rules.buckets = buckets;
  rules.window = 500ms * static_cast<std::int64_t>(buckets);
  error_rate_judge judge{rules};
  tick now{1h};
  judge.watch(1, true, now);
  std::int64_t trips = 0;
  const auto each = nanoseconds_each(calls, [&](std::int64_t i) {
    now += 1ms;
    trips += judge.record(outcome_of(i), 120ms, 1, now) ? 1 : 0;
  });
  if (trips != 0)
    std::abort(); // A tripped judge computes less.
  return each;
}

double circuit_call(std::int64_t calls) {
  circuit c{test::default_circuit()};
  system_random random;
  tick now{1h};
  std::int64_t refused = 0;
  const auto each = nanoseconds_each(calls, [&](std::int64_t i) {
    now += 1ms;
    c.advance(now, random);
    if (c.room() <= 0)
      ++refused;
    else if (const auto generation = c.begin(now))
      c.finish(*generation, outcome_of(i), now, random);
  });
  if (refused != 0)
    std::abort();
  return each;
}

} // namespace

int main(int argc, char** argv) {
  const std::int64_t calls = argc > 1 ? std::atoll(argv[1]) : 2'000'000;
  double smallest = 0;
  double largest = 0;
  for (const std::size_t buckets : {10U, 60U, 600U, 3600U}) {
    const auto each = judge_call(buckets, calls);
    std::printf("judge, %4zu buckets: %6.1f ns a call\n", buckets, each);
    if (smallest == 0)
      smallest = each;
    largest = each;
  }
  std::printf("circuit: %6.1f ns a call\n", circuit_call(calls));
  std::printf("3600 buckets / 10 buckets: %.2f\n", largest / smallest);
  return 0;
}
