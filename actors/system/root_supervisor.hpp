#pragma once

#include "actors/system/actor_directory.hpp"
#include "actors/system/actor_for.hpp"
#include "actors/system/address.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/restart_policy.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct stop_report {
  std::vector<std::string> killed; ///< Did not stop by themselves within the grace.
};

/// Stops all children in the reverse of their start order, each by `shut_down`, then,
/// after the grace, by force. Answered when the last one is gone.
struct stop_children {
  using reply = stop_report;
};

/// Starts every child in order, monitors them and restarts who crashed.
using root_supervisor_actor = actor_for<stop_children>;

/// One supervised actor: how it is (re)started and where its handle is published.
struct child_spec {
  meter_ptr meter;
  std::function<caf::actor(caf::actor_system&)>
      start; ///< Spawns it and sets its address.
  std::function<void()> clear_address;
};

struct supervisor_config {
  config::actor_settings limits;                                 ///< Of restarts.
  std::chrono::milliseconds stop_grace{std::chrono::seconds{5}}; ///< For each child.
};

/// When a child crashes more often than `limits` allow, or cannot be started at all,
/// `escalate` is called once with a text for the operator: the process is to stop. A
/// crash of the supervisor itself would lose nothing but the restart timers.
class root_supervisor_state {
 public:
  using actor_type = root_supervisor_actor;
  using escalation = std::function<void(const std::string& why)>;

  root_supervisor_state(self_pointer<actor_type> self, supervisor_config config,
                        std::vector<child_spec> children, escalation escalate);

  actor_type::behavior_type make_behavior();

 private:
  struct child {
    child_spec spec;
    restart_policy policy;
    caf::actor running{}; ///< Keeps it alive; invalid while down.
  };

  void start(std::size_t index);
  void went_down(const caf::down_msg& down);
  void restart_due(std::uint64_t timer);
  caf::result<stop_report> stop();
  void stop_next();
  void stop_timed_out(std::uint64_t timer);
  [[nodiscard]] std::string describe(const caf::error& reason) const;
  [[nodiscard]] actor_status status() const;
  std::uint64_t arm(std::chrono::milliseconds after);

  self_pointer<actor_type> self_;
  supervisor_config config_;
  std::vector<child> children_;
  escalation escalate_;
  std::map<std::uint64_t, std::size_t> restart_timers_; ///< Timer → child.
  std::uint64_t timers_ = 0;
  std::optional<pending_reply<stop_report>> stopping_;
  std::size_t left_to_stop_ = 0; ///< Children 0 … this − 1 are not stopped yet.
  std::uint64_t stop_timer_ = 0;
  stop_report report_;
};

} // namespace tinybook
