#pragma once

#include "actors/abuse/messages.hpp"
#include "actors/abuse/verdict_client.hpp"
#include "actors/interfaces.hpp"
#include "actors/system/address.hpp"
#include "actors/system/journey.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/worker_pool.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace tinybook {

struct verdict_hook_config {
  std::chrono::milliseconds timeout{0}; ///< From the question to the verdict.
  config::hook_failure fails = config::hook_failure::open;
};

/// Asks the operator's endpoint about codes and sign-ups, and knows what it means where
/// that says nothing. Holds counters; a crash answers what is under way with
/// `unavailable`.
class verdict_hook_state {
 public:
  using actor_type = verdict_hook_actor;

  verdict_hook_state(self_pointer<actor_type> self, verdict_hook_config config,
                     address<verdict_caller_actor> callers, wall_clock clock)
      : self_(std::move(self)),
        config_(config),
        callers_(std::move(callers)),
        clock_(std::move(clock)) {}

  actor_type::behavior_type make_behavior();

 private:
  task<result<done>> judge(ask_verdict asked);
  [[nodiscard]] result<done> without_verdict(std::string why);
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  verdict_hook_config config_;
  address<verdict_caller_actor> callers_;
  wall_clock clock_;
  std::uint64_t asked_ = 0;
  std::uint64_t allowed_ = 0;
  std::uint64_t denied_ = 0;
  std::uint64_t failed_ = 0;
};

struct verdict_caller_config {
  verdict_client_factory make_client;
  std::chrono::milliseconds timeout{0}; ///< Of a call.
};

/// One connection to the endpoint: spawned detached, for a call blocks. A crash loses the
/// connection.
class verdict_caller_state {
 public:
  using actor_type = verdict_caller_actor;

  verdict_caller_state(self_pointer<actor_type> self, const verdict_caller_config& config)
      : self_(std::move(self)), client_(config.make_client()), timeout_(config.timeout) {}

  actor_type::behavior_type make_behavior();

 private:
  [[nodiscard]] hook_verdict call(const call_verdict_hook& asked);

  self_pointer<actor_type> self_;
  std::unique_ptr<verdict_client> client_;
  std::chrono::milliseconds timeout_;
};

/// Deals questions out to the connections.
using verdict_pool_state = worker_pool_state<verdict_caller_actor, call_verdict_hook>;

} // namespace tinybook
