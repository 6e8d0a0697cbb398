#pragma once

#include "tests/blackbox/client.hpp"
#include "tests/soak/answer_class.hpp"
#include "tests/soak/ledger.hpp"
#include "tests/soak/mailbox.hpp"
#include "tests/soak/plan.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace tinybook::soak {

using steady = std::chrono::steady_clock;
using random_source = std::mt19937_64;

/// One life of a replica, as its clients see it.
struct door {
  std::size_t replica = 0;
  int port = 0;
  std::atomic<bool> open{true};    ///< The balancer sends requests there.
  std::atomic<bool> killed{false}; ///< Requests there may break off.
};
using door_ptr = std::shared_ptr<door>;

/// What stands in front of the replicas: it takes one out that is about to stop, and one
/// that was killed once a request has broken off. Thread-safe.
class balancer {
 public:
  door_ptr opens(std::size_t replica, int port);
  [[nodiscard]] door_ptr at(std::size_t replica) const;
  /// Null if none is open.
  [[nodiscard]] door_ptr pick(random_source& random) const;

 private:
  mutable std::mutex mutex_;
  std::array<door_ptr, replicas> doors_;
};

/// Columns of the report.
enum class traffic_kind : std::uint8_t { reads, likes, saves, codes, log_ins };
inline constexpr std::size_t traffic_kinds = 5;

/// What was answered since the last look.
struct tally {
  std::array<std::int64_t, traffic_kinds> requests{};
  std::array<std::int64_t, answer_classes> answers{};
  std::int64_t declared_at_rest = 0; ///< While nothing was taken away.
  std::vector<float> took_ms;        ///< Of all, from when each was to begin.
  std::map<std::string, std::int64_t> faults;

  void add(const tally& other);
};

/// People who read, like, write, ask for codes and log in at a steady rate, over
/// connections that are kept alive: an open load, so that a request that has to wait
/// counts from when it was to begin.
class traffic {
 public:
  struct setting {
    double rate = 0; ///< Requests a second.
    std::uint64_t seed = 0;
    std::function<std::string()> new_phone; ///< Thread-safe.
  };

  traffic(balancer& doors, ledger& promises, mailbox& mail, setting s);
  ~traffic();
  traffic(const traffic&) = delete;
  traffic& operator=(const traffic&) = delete;

  /// An account that logs in by password from time to time.
  void add_person(const std::string& email, const std::string& password,
                  const test::client& logged_in);
  void add_article(std::int64_t id);

  void resume();
  /// Returns when all that was due is answered.
  void pause();
  /// Whether anything is taken away at the moment.
  void at_rest(bool yes) { at_rest_ = yes; }
  [[nodiscard]] tally take();

 private:
  struct person {
    std::string name; ///< E-mail or phone, unlike that of all others.
    std::string password;
    std::string access;
    std::string refresh;
    steady::time_point renewed;
    std::int64_t draft = 0;
    bool busy = false; ///< Somebody writes for it.
  };
  struct turn {
    random_source random;
    std::string name; ///< Unlike those of all other turns.
    steady::time_point due;
    std::array<std::unique_ptr<test::client>, replicas>* clients;
    std::array<door_ptr, replicas>* known;
  };
  using request = std::function<test::answer(test::client&)>;

  void live();
  [[nodiscard]] bool take_turn(turn& t);
  void act(turn& t);
  test::answer ask(turn& t, traffic_kind kind, const char* what, const request& send,
                   std::initializer_list<std::string_view> expected = {});
  void note(traffic_kind kind, const char* what, const turn& t, const test::answer& got,
            answer_class means);

  void read(turn& t);
  void like(turn& t);
  void save(turn& t);
  void publish(turn& t);
  void send_code(turn& t);
  void enter_code(turn& t);
  void log_in(turn& t);
  void refresh(turn& t);
  void sign_up(turn& t);

  using chooser = std::function<person*(random_source&)>;
  /// Somebody for whom nobody writes, chosen by `choose` under the lock; runs `work`, or
  /// nothing if there is none.
  void for_somebody(turn& t, const chooser& choose,
                    const std::function<void(person&)>& work);
  void for_anybody(turn& t, const std::function<void(person&)>& work);
  void keep_tokens(person& who, const test::answer& got, const test::client& c);
  [[nodiscard]] std::string some_token(random_source& random);
  [[nodiscard]] std::int64_t some_article(random_source& random);

  balancer& doors_;
  ledger& promises_;
  mailbox& mail_;
  setting setting_;
  std::atomic<bool> at_rest_{true};

  std::mutex turns_mutex_;
  std::condition_variable turns_;
  steady::time_point next_due_ = steady::time_point::max();
  std::uint64_t next_turn_ = 0;
  std::uint64_t era_ = 0; ///< Turns that were taken in an earlier one are not taken.
  int under_way_ = 0;
  bool paused_ = true;
  steady::time_point paused_at_;
  bool stopping_ = false;

  std::mutex people_mutex_;
  std::deque<person> people_;
  std::vector<std::int64_t> articles_;

  std::mutex tally_mutex_;
  tally tally_;

  std::vector<std::thread> threads_;
};

} // namespace tinybook::soak
