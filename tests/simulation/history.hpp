#pragma once

#include "tests/simulation/replica.hpp"
#include "tests/simulation/run.hpp"
#include "tests/simulation/world.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace tinybook::sim {

/// One seed: a time with faults, then one without, in which everything must recover.
class history {
 public:
  history(std::uint64_t seed, bool readable);
  ~history();
  history(const history&) = delete;
  history& operator=(const history&) = delete;

  /// Messages, faults, crashes, jumps of the clock.
  void troubled_time();
  /// No more faults: messages accepted now arrive soon, and all that were ever accepted
  /// end.
  void quiet_time();
  [[nodiscard]] seed_report report() const;

 private:
  struct testing_config : caf::actor_system_config {
    testing_config() { set("scheduler.policy", caf::atom("testing")); }
  };

  void something_happens();
  void submit(std::chrono::milliseconds lifetime);
  void use_a_code();
  void trouble_a_provider();
  void trouble_the_database();
  void crash();
  void force_a_provider();
  void report_on_a_message();
  void revive();

  void step();
  void work_off();
  void pass(std::chrono::milliseconds d);
  void look();
  [[nodiscard]] bool broken() const { return !world_.truth.violations().empty(); }
  [[nodiscard]] replica* any_running();

  std::uint64_t seed_;
  world world_;
  testing_config config_;
  caf::actor_system system_;
  caf::scheduler::test_coordinator& jobs_;
  std::shared_ptr<const keyring> keys_;
  std::vector<std::unique_ptr<replica>> replicas_;
  std::int64_t steps_ = 0;
  int phones_ = 0;
  std::vector<code_id> codes_;
};

} // namespace tinybook::sim
