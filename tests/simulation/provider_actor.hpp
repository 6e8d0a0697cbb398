#pragma once

#include "actors/interfaces.hpp"
#include "actors/sms/sms_worker.hpp"
#include "actors/system/reply.hpp"
#include "tests/simulation/world.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::sim {

/// One connection of one process to a provider.
struct line {
  world* w = nullptr;
  life_id life = 0;
  std::size_t provider = 0;
  int sender = 0;
  std::chrono::milliseconds timeout{0};
  address<failover_supervisor_actor> supervisor; ///< Takes its reports.
};

/// Takes one message at a time and treats it as the provider's mood says.
class provider_actor_state {
 public:
  using actor_type = sms_worker_actor;

  provider_actor_state(self_pointer<actor_type> self, line l)
      : self_(std::move(self)), line_(std::move(l)) {}

  actor_type::behavior_type make_behavior();

 private:
  caf::result<send_outcome> take(const run_send& command);
  /// Reports on a message before its answer is out.
  void report_early(const outgoing_sms& message);
  void end(const timer_fired& fired);
  [[nodiscard]] std::pair<send_outcome, std::chrono::milliseconds>
  decide(const std::string& phone);

  self_pointer<actor_type> self_;
  line line_;
  std::uint64_t number_ = 0;
  std::optional<pending_reply<send_outcome>> reply_;
  send_outcome outcome_;
  ledger::send present_;
  std::vector<pending_reply<actor_status>> waiting_;
};

} // namespace tinybook::sim
