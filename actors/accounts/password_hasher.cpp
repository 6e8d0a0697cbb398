#include "actors/accounts/password_hasher.hpp"

#include "actors/system/ask.hpp"

#include <algorithm>
#include <utility>

namespace tinybook {

password_hasher_state::password_hasher_state(
    self_pointer<actor_type> self, password_hasher_config config,
    std::vector<address<password_hasher_actor>> slots, start_password_worker start)
    : self_(std::move(self)), config_(config), start_(std::move(start)) {
  for (auto& at : slots)
    workers_.push_back({std::move(at)});
}

password_hasher_state::~password_hasher_state() {
  for (auto& w : workers_) {
    if (auto running = w.at.get())
      caf::anon_send_exit(running, caf::exit_reason::kill);
    w.at.clear();
  }
}

auto password_hasher_state::make_behavior() -> actor_type::behavior_type {
  self_->set_down_handler([this](caf::down_msg& down) { went_down(down); });
  for (auto& w : workers_)
    start_worker(w);
  return {
      [this](const get_status&) { return status(); },
      [this](const shut_down&) { self_->quit(caf::exit_reason::user_shutdown); },
      [](const timer_fired&) {},
      [this](make_password_hash& m) { return enqueue(m); },
      [this](match_password& m) { return enqueue(m); },
  };
}

template <class Command>
caf::result<typename Command::reply> password_hasher_state::enqueue(Command& command) {
  bool must_wait = busy_workers() == workers_.size();
  if (must_wait && waiting_.size() >= config_.queue) {
    ++refused_;
    failure full{errc::overloaded, "the queue of the password hasher is full"};
    full.retry_after = std::chrono::seconds{1};
    return to_error(std::move(full));
  }
  pending_reply<typename Command::reply> reply{self_};
  waiting_.push_back({self_->clock().now(),
                      [this, command = std::move(command), reply](std::size_t index) {
                        run_on(index, command, reply);
                      },
                      [reply](failure why) {
                        reply(std::move(why));
                      }});
  dispatch();
  return reply.promise();
}

template <class Command>
void password_hasher_state::run_on(std::size_t index, Command command,
                                   pending_reply<typename Command::reply> reply) {
  auto incarnation = workers_[index].incarnation;
  ask(self_, workers_[index].at, config_.job_timeout, std::move(command),
      [this, index, incarnation, reply](result<typename Command::reply> r) {
        auto outcome = r ? errc::none : r.error().code;
        reply(std::move(r));
        finished(index, incarnation, outcome);
      });
}

void password_hasher_state::dispatch() {
  for (std::size_t i = 0; i < workers_.size() && !waiting_.empty(); ++i) {
    while (!workers_[i].busy && !waiting_.empty()) {
      auto next = std::move(waiting_.front());
      waiting_.pop_front();
      begin(i, std::move(next));
    }
  }
}

void password_hasher_state::begin(std::size_t index, job next) {
  if (self_->clock().now() - next.since > config_.job_timeout) {
    ++given_up_;
    next.refuse({errc::deadline_exceeded, "waited too long for a password worker"});
    return;
  }
  workers_[index].busy = true;
  workers_[index].refuse_current = std::move(next.refuse);
  next.run(index);
}

/// A worker that answered, be it that it has no memory, takes the next job. One that did
/// not is dead or hangs: killed, it is replaced once it is down, for until then its hash
/// may be in memory.
void password_hasher_state::finished(std::size_t index, std::uint64_t incarnation,
                                     errc outcome) {
  auto& w = workers_[index];
  if (w.incarnation != incarnation)
    return;
  if (outcome != errc::none && outcome != errc::overloaded) {
    if (auto running = w.at.get())
      caf::anon_send_exit(running, caf::exit_reason::kill);
    return;
  }
  ++done_;
  w.busy = false;
  w.refuse_current = nullptr;
  dispatch();
}

void password_hasher_state::start_worker(worker& w) {
  auto handle = start_(self_->system(), w.at);
  ++w.incarnation;
  w.busy = false;
  w.running = handle.address();
  w.at.set(handle);
  self_->monitor(handle);
}

void password_hasher_state::went_down(const caf::down_msg& down) {
  auto w = std::find_if(workers_.begin(), workers_.end(),
                        [&](const worker& at) { return at.running == down.source; });
  if (w == workers_.end())
    return;
  ++replaced_;
  w->at.meter()->restarts.fetch_add(1, std::memory_order_relaxed);
  // A worker that threw leaves its request without an answer.
  if (auto refuse = std::exchange(w->refuse_current, nullptr))
    refuse({errc::unavailable, "a password worker died"});
  start_worker(*w);
  dispatch();
}

std::size_t password_hasher_state::busy_workers() const {
  return static_cast<std::size_t>(std::count_if(workers_.begin(), workers_.end(),
                                                [](const worker& w) { return w.busy; }));
}

actor_status password_hasher_state::status() const {
  return {{{"waiting", static_cast<double>(waiting_.size()),
            static_cast<double>(config_.queue)},
           {"busy_workers", static_cast<double>(busy_workers()),
            static_cast<double>(workers_.size())},
           {"done", static_cast<double>(done_)},
           {"refused", static_cast<double>(refused_)},
           {"given_up", static_cast<double>(given_up_)},
           {"workers_replaced", static_cast<double>(replaced_)}},
          {}};
}

} // namespace tinybook
