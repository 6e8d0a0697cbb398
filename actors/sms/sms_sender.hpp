#pragma once

#include "actors/interfaces.hpp"
#include "actors/sms/admission.hpp"
#include "actors/sms/worker.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct sms_sender_config {
  std::string name; ///< Of the provider.
  std::chrono::milliseconds timeout{5000};
  /// The client's own timeouts come first, for they know more; the sender waits as much
  /// longer before it gives the client up.
  std::chrono::milliseconds grace{250};
  admission_rules admission;
};

/// The door to one provider: says how many messages it takes now, and runs each blocking
/// call on a worker with a thread of its own, at most `max_in_flight`, made when first
/// needed. Every send is answered within `timeout + grace`: a call that has not returned
/// by then is ambiguous, and its worker counts as busy until it really returns.
///
/// A second send of a client reference that is under way joins the first: a supervisor
/// that was restarted in between does not send it twice.
///
/// A crash loses the rate window, the pause after a throttle, and the outcomes under way:
/// whoever waits for one takes it as ambiguous.
class sms_sender_state {
 public:
  using actor_type = sms_sender_actor;

  sms_sender_state(self_pointer<actor_type> self, sms_sender_config config,
                   sms_worker_spawner spawn_worker, wall_clock clock);
  ~sms_sender_state();
  sms_sender_state(const sms_sender_state&) = delete;
  sms_sender_state& operator=(const sms_sender_state&) = delete;

  actor_type::behavior_type make_behavior();

 private:
  enum class worker_phase : std::uint8_t { none, idle, sending, hung };
  struct worker {
    std::optional<address<sms_worker_actor>> at;
    worker_phase phase = worker_phase::none;
  };

  provider_slots reserve(const reserve_slots& command);
  caf::result<send_outcome> send(send_sms& command);
  void settle(std::size_t index, const std::string& client_ref,
              result<send_outcome> answer);
  send_outcome no_answer(std::size_t index, const failure& why);
  void watch_hung(std::size_t index);
  void free_worker(std::size_t index, worker_phase phase);
  void count(const send_outcome& outcome);
  void stop();
  void stop_if_idle();
  [[nodiscard]] std::size_t pick_worker();
  [[nodiscard]] tick now() const { return self_->clock().now(); }
  [[nodiscard]] actor_status status();

  self_pointer<actor_type> self_;
  sms_sender_config config_;
  sms_worker_spawner spawn_worker_;
  wall_clock clock_;
  admission admission_;
  std::vector<worker> workers_;
  std::map<std::string, std::vector<pending_reply<send_outcome>>> under_way_;
  std::array<std::uint64_t, 5> outcomes_{}; ///< By `outcome_class`.
  std::uint64_t timeouts_ = 0;
  std::uint64_t joined_ = 0;
  std::string last_error_;
  bool stopping_ = false;
};

} // namespace tinybook
