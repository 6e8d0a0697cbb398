#pragma once

#include "actors/accounts/password_worker.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"

#include <caf/all.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace tinybook {

struct password_hasher_config {
  std::size_t queue = 64; ///< Jobs that may wait for a worker.
  /// How long a job may wait, and again how long a worker may take: whoever asked has
  /// given up by then.
  std::chrono::milliseconds job_timeout{std::chrono::seconds{10}};
};

/// Deals the jobs out to its workers, one at a time to each, so that at most one hash a
/// worker is in memory (64 MiB by default). A worker that dies is replaced, one that
/// hangs is killed and replaced when it is gone; its job is answered with `unavailable`
/// or `deadline_exceeded`. A crash of the front answers every job with `unavailable` and
/// stops the workers, which the next front starts anew.
class password_hasher_state {
 public:
  using actor_type = password_hasher_actor;

  /// One worker for each of `slots`.
  password_hasher_state(self_pointer<actor_type> self, password_hasher_config config,
                        std::vector<address<password_hasher_actor>> slots,
                        start_password_worker start);
  ~password_hasher_state();

  actor_type::behavior_type make_behavior();

 private:
  using refusal = std::function<void(failure)>;

  struct worker {
    address<password_hasher_actor> at;
    caf::actor_addr running{};
    std::uint64_t incarnation = 0;
    bool busy = false;
    refusal refuse_current{}; ///< Of the job at work.
  };
  struct job {
    caf::actor_clock::time_point since;
    std::function<void(std::size_t)> run; ///< On this worker.
    refusal refuse;
  };

  template <class Command>
  caf::result<typename Command::reply> enqueue(Command& command);
  template <class Command>
  void run_on(std::size_t index, Command command,
              pending_reply<typename Command::reply> reply);
  void dispatch();
  void begin(std::size_t index, job next);
  void finished(std::size_t index, std::uint64_t incarnation, errc outcome);
  void start_worker(worker& w);
  void went_down(const caf::down_msg& down);
  [[nodiscard]] std::size_t busy_workers() const;
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  password_hasher_config config_;
  start_password_worker start_;
  std::vector<worker> workers_;
  std::deque<job> waiting_;
  std::uint64_t done_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t given_up_ = 0;
  std::uint64_t replaced_ = 0;
};

} // namespace tinybook
