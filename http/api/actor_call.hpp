#pragma once

#include "actors/system/address.hpp"
#include "actors/system/deadline.hpp"
#include "actors/system/errors.hpp"
#include "storage/result.hpp"

#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::http {

/// The moment by which an answer is due, on the monotonic clock, as that of the actors
/// is.
using call_deadline = std::chrono::steady_clock::time_point;
static_assert(std::is_same_v<call_deadline, deadline>);

/// What receives answers on behalf of a thread that is no actor: as much of one as a
/// request needs. Takes one answer at a time; whatever else comes is dropped.
class reply_port;

/// Requests from foreign threads. A port is lent out for each call and used again, since
/// a fresh `scoped_actor` costs several times the round trip. Thread-safe; to be
/// destroyed before the actor system, when no call is under way.
class reply_ports {
 public:
  explicit reply_ports(caf::actor_system& system);
  ~reply_ports();
  reply_ports(const reply_ports&) = delete;
  reply_ports& operator=(const reply_ports&) = delete;

  /// Asks `to` and waits for its answer, until `due` at the latest. Fails as the actor
  /// does; with `deadline_exceeded` when the time runs out and with `unavailable` when
  /// the actor is down, both with its name in the detail.
  template <class Handle, taken_by<Handle> Command>
  result<typename Command::reply> call(const address<Handle>& to, Command command,
                                       call_deadline due) {
    using reply = typename Command::reply;
    auto target = to.untyped();
    if (!target)
      return failure{errc::unavailable, to.name() + " is not started"};
    lease port(*this);
    auto id = arm(*port.held);
    caf::actor_cast<caf::strong_actor_ptr>(target)->enqueue(
        make_request(port.held, id, due, std::move(command)), nullptr);
    auto answer = wait(*port.held, due);
    if (!answer)
      return failure{errc::deadline_exceeded, to.name() + " did not answer in time"};
    auto& content = answer->content();
    if (content.template match_elements<reply>())
      return std::move(content.template get_mutable_as<reply>(0));
    if (content.template match_elements<caf::error>())
      return to_failure(content.template get_as<caf::error>(0), to.name());
    return failure{errc::internal, to.name() + " answered with another type"};
  }

  /// Ports made so far: as many as calls were under way at once.
  [[nodiscard]] std::size_t made() const { return made_.load(); }

 private:
  struct lease {
    explicit lease(reply_ports& o) : owner(o), held(o.take()) {}
    ~lease() { owner.give_back(std::move(held)); }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    reply_ports& owner;
    caf::strong_actor_ptr held;
  };

  [[nodiscard]] caf::strong_actor_ptr take();
  void give_back(caf::strong_actor_ptr port);
  [[nodiscard]] static caf::message_id arm(caf::actor_control_block& port);
  [[nodiscard]] static caf::mailbox_element_ptr wait(caf::actor_control_block& port,
                                                     call_deadline due);

  caf::actor_system& system_;
  std::mutex mutex_;
  std::vector<caf::strong_actor_ptr> free_; ///< The one used last is at the back.
  std::atomic<std::size_t> made_{0};
};

} // namespace tinybook::http
