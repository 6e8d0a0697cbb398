#include "http/server/poller_journeys.hpp"

#include "http/server/unique_fd.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <sys/eventfd.h>

#include <chrono>
#include <unistd.h>
#include <utility>

namespace tinybook::http {

namespace {

/// How long the sockets may wait for journeys that go on, and they for the sockets.
constexpr std::chrono::microseconds longest_turn{500};

} // namespace

/// As much of an actor as receiving answers needs. Answers may come when the poller is
/// gone: it shares its life with who sends them.
class poller_journeys::mailbox final : public caf::monitorable_actor {
 public:
  mailbox(caf::actor_config& config, int wake_descriptor)
      : monitorable_actor(config), wake_(::dup(wake_descriptor)) {}

  using monitorable_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr answer, caf::execution_unit* /*unit*/) override {
    if (answers.put(std::move(answer)))
      (void)::eventfd_write(wake_.get(), 1);
  }

  inbox<caf::mailbox_element_ptr> answers;

 private:
  const unique_fd wake_; ///< Of our own: the receiver may be gone by now.
};

poller_journeys::poller_journeys(caf::actor_system* system, int wake_descriptor,
                                 std::function<deadline()> clock)
    : clock_(std::move(clock)) {
  if (system == nullptr)
    return;
  caf::actor_config config;
  mailbox_ = caf::make_actor<mailbox, caf::strong_actor_ptr>(
      system->next_actor_id(), system->node(), system, config, wake_descriptor);
}

poller_journeys::~poller_journeys() {
  clear();
  if (mailbox_)
    static_cast<mailbox*>(mailbox_->get())->answers.close();
}

bool poller_journeys::fall_asleep() {
  return taken_ == answers_.size()
         && (!mailbox_ || static_cast<mailbox*>(mailbox_->get())->answers.fall_asleep());
}

void poller_journeys::begin_turn() {
  turn_ends_ = now() + longest_turn;
}

bool poller_journeys::go_on() {
  if (taken_ == answers_.size() && mailbox_) {
    answers_.clear();
    taken_ = 0;
    static_cast<mailbox*>(mailbox_->get())->answers.take(answers_);
  }
  begin_turn();
  while (some_go_on())
    if (turn_is_over())
      return true;
  return false;
}

/// One of each kind, so that neither holds up the other.
bool poller_journeys::some_go_on() {
  const bool ran_out = run_out_one();
  if (taken_ == answers_.size())
    return ran_out;
  (void)take(*std::exchange(answers_[taken_++], nullptr));
  return true;
}

failure poller_journeys::thrown(std::exception_ptr what) {
  try {
    std::rethrow_exception(std::move(what));
  } catch (const std::exception& error) {
    return {errc::internal, error.what()};
  } catch (...) {
    return {errc::internal, "not a std::exception"};
  }
}

} // namespace tinybook::http
