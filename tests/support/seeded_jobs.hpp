#pragma once

#include "storage/support/random.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>

namespace tinybook::test {

/// Actors whose messages are handled in an order that a seed decides, in virtual time.
class seeded_jobs {
 public:
  /// `after_step` is called after each message, `time_passes` before each advance of the
  /// clock, `stop` ends every loop early.
  seeded_jobs(seeded_random& chance, std::function<void()> after_step,
              std::function<void(std::chrono::milliseconds)> time_passes,
              std::function<bool()> stop)
      : chance_(chance),
        after_step_(std::move(after_step)),
        time_passes_(std::move(time_passes)),
        stop_(std::move(stop)) {}

  [[nodiscard]] caf::actor_system& system() { return system_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }

  /// Handles one message, chosen at random.
  void step() {
    const auto i = static_cast<std::ptrdiff_t>(
        chance_.below(static_cast<std::uint32_t>(jobs_.jobs.size())));
    std::rotate(jobs_.jobs.begin(), jobs_.jobs.begin() + i, jobs_.jobs.begin() + i + 1);
    jobs_.run_once();
    ++steps_;
    after_step_();
  }

  /// At most `most` messages.
  void some_steps(int most) {
    for (; most > 0 && jobs_.has_job() && !stop_(); --most)
      step();
  }

  void work_off() {
    while (jobs_.has_job() && !stop_())
      step();
  }

  /// Lets `d` pass in uneven parts, each after all pending messages were handled.
  void pass(std::chrono::milliseconds d) {
    while (d.count() > 0 && !stop_()) {
      const auto part = std::min(
          d, std::chrono::milliseconds{50 + static_cast<int>(chance_.below(400))});
      work_off();
      stall(part);
      d -= part;
    }
    work_off();
  }

  /// Lets time pass while messages are pending.
  void stall(std::chrono::milliseconds d) {
    time_passes_(d);
    jobs_.advance_time(d);
  }

  /// Handles everything that is left, without looking at the results.
  void run_out() { jobs_.run(); }

 private:
  struct testing_config : caf::actor_system_config {
    testing_config() { set("scheduler.policy", caf::atom("testing")); }
  };

  seeded_random& chance_;
  std::function<void()> after_step_;
  std::function<void(std::chrono::milliseconds)> time_passes_;
  std::function<bool()> stop_;
  testing_config config_;
  caf::actor_system system_{config_};
  caf::scheduler::test_coordinator& jobs_{
      dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler())};
  std::int64_t steps_ = 0;
};

} // namespace tinybook::test
