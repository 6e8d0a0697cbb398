#pragma once

#include "tests/blackbox/cluster_world.hpp"
#include "tests/soak/growth.hpp"
#include "tests/soak/plan.hpp"
#include "tests/soak/report.hpp"
#include "tests/soak/traffic.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tinybook::soak {

/// What is broken on purpose, to see that a run notices it.
enum class sabotage : std::uint8_t { nothing, like, message, memory, files };

struct soak_options {
  std::chrono::minutes length{1};
  double rate = 0;
  std::uint64_t seed = 0;
  std::string binary;
  sabotage breaks = sabotage::nothing;
};

/// Two replicas under traffic over real servers, with what goes wrong in a long life; see
/// scripts/soak.sh.
class soak {
 public:
  /// Once `interrupted` is set the run ends early, with its checks and its summary.
  soak(soak_options options, const std::atomic<bool>& interrupted);
  ~soak();
  soak(const soak&) = delete;
  soak& operator=(const soak&) = delete;

  /// Whether nothing was lost, nothing leaked and every answer was right.
  [[nodiscard]] bool run();

 private:
  /// One process.
  struct life {
    std::size_t replica = 0;
    int pid = 0;
    steady::time_point began;
    bool over = false; ///< We end it, or it was seen to have ended.
    std::vector<reading> rss_kib;
    std::vector<reading> files;
  };

  void set_up();
  void start(std::size_t replica);
  void run_minute(const planned_minute& minute, int number);
  void carry_out(const planned_deed& one, std::vector<std::string>& done);
  std::string restart(const char* name, const planned_deed& one, auto& server);
  std::string kill(const planned_deed& one);
  std::string stop(const planned_deed& one);
  std::string come_back(const planned_deed& one);
  std::string wait_healed(const std::string& after);

  /// Holds the traffic and compares everything with what was promised.
  void compare(report_row& into);
  void compare_boards(const stored_rows& rows, std::vector<std::string>& found);
  [[nodiscard]] std::vector<board_row> shown_board(std::size_t replica,
                                                   const std::string& window);
  [[nodiscard]] stored_rows read_rows() const;
  void break_something(); ///< Once.
  void wait_for_messages();

  void take_readings();
  void read(life& one);
  void end_life(std::size_t replica);
  [[nodiscard]] bool lives(std::size_t replica);

  void fail(const std::string& what);
  void wait_until(steady::time_point until) const;
  [[nodiscard]] bool over() const { return interrupted_ || died_; }
  void judge_lives();
  void tell_logs_of_dead();
  /// Whether nothing has failed.
  bool tell_summary(bool all);

  soak_options options_;
  const std::atomic<bool>& interrupted_;
  std::atomic<bool> died_{false}; ///< A replica has ended by itself.
  std::vector<std::unique_ptr<test::provider_simulator>> more_providers_;
  test::cluster_world world_;
  ledger promises_;
  mailbox mail_;
  balancer doors_;
  std::unique_ptr<traffic> traffic_;
  std::vector<report_row> rows_;
  bool broken_ = false;

  std::mutex mutex_;
  std::vector<std::unique_ptr<life>> lives_;
  std::vector<std::string> failures_;
  std::condition_variable ending_;
  bool ends_ = false;
  std::thread reader_;
};

} // namespace tinybook::soak
