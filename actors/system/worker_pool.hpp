#pragma once

#include "actors/system/address.hpp"
#include "actors/system/ask.hpp"
#include "actors/system/fair_queue.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/messages.hpp"
#include "actors/system/reply.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/spawn_options.hpp>
#include <caf/system_messages.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook {

struct worker_pool_config {
  std::size_t queue = 0; ///< Jobs that may wait for a worker.
  /// How long a job may wait, and again how long a worker may take: by then whoever asked
  /// has given up.
  std::chrono::milliseconds job_timeout{0};
};

/// Starts the worker of a slot, reached at its address.
template <class Interface>
using start_worker_of =
    std::function<handle_of<Interface>(caf::actor_system&, const address<Interface>&)>;

/// Workers with a thread each, as in the product; tests do without the thread.
template <class Interface, class State, caf::spawn_options Options = caf::detached,
          class Config>
start_worker_of<Interface> pool_workers(Config config) {
  return [config](caf::actor_system& system, const address<Interface>& at) {
    return system.spawn<managed_actor<Interface, State>, Options>(at, config);
  };
}

/// The front of a pool of workers for jobs that keep a core busy: takes `Jobs` and hands
/// them to its workers, which take the same messages, one at a time each. A job whose
/// deadline has passed is not started. A worker that dies is replaced, one that hangs is
/// killed and replaced once it is gone; its job is answered with `unavailable` or
/// `deadline_exceeded`. Jobs run in the order of their arrival, but one with a
/// `handicap()` lets those pass that arrive within that time behind it, so that small
/// jobs do not wait for large ones. Jobs with an `address` go in a line for each address,
/// and the lines take turns (`fair_queue`). When too many wait, the last in the longest
/// line is refused. A crash of the front answers every job with `unavailable` and stops
/// the workers; the next front starts new ones.
template <class Interface, class... Jobs>
class worker_pool_state {
 public:
  using actor_type = Interface;
  using behavior_type = typename Interface::behavior_type;

  /// One worker for each of `slots`.
  worker_pool_state(self_pointer<Interface> self, worker_pool_config config,
                    std::vector<address<Interface>> slots,
                    start_worker_of<Interface> start)
      : self_(std::move(self)), config_(config), start_(std::move(start)) {
    for (auto& at : slots)
      workers_.push_back({std::move(at)});
  }
  worker_pool_state(const worker_pool_state&) = delete;
  worker_pool_state& operator=(const worker_pool_state&) = delete;
  ~worker_pool_state() {
    for (auto& w : workers_) {
      kill(w);
      w.at.clear();
    }
  }

  behavior_type make_behavior() {
    self_->set_down_handler([this](caf::down_msg& down) { went_down(down); });
    for (auto& w : workers_)
      start_worker(w);
    return {
        [this](const get_status&) { return status(); },
        [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
        [](const timer_fired&) {},
        [this](Jobs& job) {
          return enqueue(job);
        }...,
    };
  }

 private:
  using refusal = std::function<void(failure)>;

  struct worker {
    address<Interface> at;
    caf::actor_addr running{};
    std::uint64_t incarnation = 0;
    bool busy = false;
    refusal refuse_current{}; ///< Of the job at work.
  };
  struct job {
    caf::actor_clock::time_point since;
    std::function<bool()> is_late;
    std::function<void(std::size_t)> run; ///< On this worker.
    refusal refuse;
  };

  template <class Command>
  caf::result<typename Command::reply> enqueue(Command& command) {
    const auto now = self_->clock().now();
    auto turn = now;
    if constexpr (requires { command.handicap(); })
      turn += command.handicap();
    pending_reply<typename Command::reply> reply{self_};
    std::string whose;
    if constexpr (requires { command.address; })
      whose = command.address;
    waiting_.push(whose, turn,
                  job{now, [reply] { return reply.is_late(); },
                      [this, command = std::move(command), reply](std::size_t index) {
                        run_on(index, command, reply);
                      },
                      [reply](failure why) {
                        reply(std::move(why));
                      }});
    dispatch();
    if (waiting_.size() > config_.queue)
      refuse_last();
    return reply.promise();
  }

  void refuse_last() {
    ++refused_;
    failure full{errc::overloaded, "the queue of " + self_.meter->name() + " is full"};
    full.retry_after = std::chrono::seconds{1};
    waiting_.drop_last().refuse(std::move(full));
  }

  template <class Command>
  void run_on(std::size_t index, Command command,
              pending_reply<typename Command::reply> reply) {
    auto incarnation = workers_[index].incarnation;
    ask(self_, workers_[index].at, config_.job_timeout, std::move(command),
        [this, index, incarnation, reply](result<typename Command::reply> r) {
          auto outcome = r ? errc::none : r.error().code;
          reply(std::move(r));
          finished(index, incarnation, outcome);
        });
  }

  void dispatch() {
    for (std::size_t i = 0; i < workers_.size() && !waiting_.empty(); ++i) {
      while (!workers_[i].busy && !waiting_.empty())
        begin(i, waiting_.pop());
    }
  }

  void begin(std::size_t index, job next) {
    if (next.is_late() || self_->clock().now() - next.since > config_.job_timeout) {
      ++given_up_;
      next.refuse({errc::deadline_exceeded,
                   "waited too long for a worker of " + self_.meter->name()});
      return;
    }
    workers_[index].busy = true;
    workers_[index].refuse_current = std::move(next.refuse);
    next.run(index);
  }

  /// A worker that answered, if only with a refusal, takes the next job. One that did not
  /// is dead or hangs: it is killed and replaced once it is down, since its job may hold
  /// memory until then.
  void finished(std::size_t index, std::uint64_t incarnation, errc outcome) {
    auto& w = workers_[index];
    if (w.incarnation != incarnation)
      return;
    if (outcome == errc::deadline_exceeded || outcome == errc::unavailable
        || outcome == errc::internal) {
      kill(w);
      return;
    }
    ++done_;
    w.busy = false;
    w.refuse_current = nullptr;
    dispatch();
  }

  static void kill(worker& w) {
    if (auto running = w.at.get())
      caf::anon_send_exit(running, caf::exit_reason::kill);
  }

  void start_worker(worker& w) {
    auto handle = start_(self_->system(), w.at);
    ++w.incarnation;
    w.busy = false;
    w.running = handle.address();
    self_->monitor(handle);
  }

  void went_down(const caf::down_msg& down) {
    auto w = std::find_if(workers_.begin(), workers_.end(),
                          [&](const worker& at) { return at.running == down.source; });
    if (w == workers_.end())
      return;
    ++replaced_;
    w->at.meter()->restarts.fetch_add(1, std::memory_order_relaxed);
    // A worker that threw leaves its request without an answer.
    if (auto refuse = std::exchange(w->refuse_current, nullptr))
      refuse({errc::unavailable, "a worker of " + self_.meter->name() + " died"});
    start_worker(*w);
    dispatch();
  }

  [[nodiscard]] std::size_t busy_workers() const {
    return static_cast<std::size_t>(std::ranges::count_if(workers_, &worker::busy));
  }

  [[nodiscard]] actor_status status() const {
    return {{{"waiting", static_cast<double>(waiting_.size()),
              static_cast<double>(config_.queue)},
             {"busy_workers", static_cast<double>(busy_workers()),
              static_cast<double>(workers_.size())},
             {"done", static_cast<double>(done_)},
             {"refused", static_cast<double>(refused_)},
             {"given_up", static_cast<double>(given_up_)},
             {"workers_replaced", static_cast<double>(replaced_)},
             {"addresses_waiting", static_cast<double>(waiting_.keys())}},
            {}};
  }

  self_pointer<Interface> self_;
  worker_pool_config config_;
  start_worker_of<Interface> start_;
  std::vector<worker> workers_;
  fair_queue<job> waiting_;
  std::uint64_t done_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t given_up_ = 0;
  std::uint64_t replaced_ = 0;
};

} // namespace tinybook
