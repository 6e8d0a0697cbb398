#include "http/api/actor_call.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>

namespace tinybook::http {

class reply_port final : public caf::monitorable_actor {
 public:
  explicit reply_port(caf::actor_config& cfg) : monitorable_actor(cfg) {}

  const char* name() const override { return "reply_port"; }

  caf::message_id arm() {
    std::lock_guard lock(guard_);
    ++last_id_;
    answer_.reset();
    return caf::make_message_id(last_id_);
  }

  caf::mailbox_element_ptr wait(call_deadline due) {
    std::unique_lock lock(guard_);
    arrived_.wait_until(lock, due, [this] { return answer_ != nullptr; });
    // From here on an answer to this request comes too late.
    ++last_id_;
    return std::move(answer_);
  }

  using monitorable_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    std::lock_guard lock(guard_);
    if (!element->mid.is_response()
        || element->mid.request_id().integer_value() != last_id_)
      return;
    answer_ = std::move(element);
    arrived_.notify_one();
  }

 private:
  std::mutex guard_;
  std::condition_variable arrived_;
  std::uint64_t last_id_ = 0;
  caf::mailbox_element_ptr answer_;
};

namespace {

reply_port& port_in(caf::actor_control_block& block) {
  return static_cast<reply_port&>(*block.get());
}

} // namespace

reply_ports::reply_ports(caf::actor_system& system) : system_(system) {}

reply_ports::~reply_ports() = default;

caf::strong_actor_ptr reply_ports::take() {
  {
    std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      auto port = std::move(free_.back());
      free_.pop_back();
      return port;
    }
  }
  ++made_;
  caf::actor_config config;
  return caf::make_actor<reply_port, caf::strong_actor_ptr>(
      system_.next_actor_id(), system_.node(), &system_, config);
}

void reply_ports::give_back(caf::strong_actor_ptr port) {
  std::lock_guard lock(mutex_);
  free_.push_back(std::move(port));
}

caf::message_id reply_ports::arm(caf::actor_control_block& port) {
  return port_in(port).arm();
}

caf::mailbox_element_ptr reply_ports::wait(caf::actor_control_block& port,
                                           call_deadline due) {
  return port_in(port).wait(due);
}

} // namespace tinybook::http
