#pragma once

#include "actors/system/health.hpp"
#include "actors/system/messages.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook {

/// All that is known of one actor: what its meter counts and what it says itself.
struct actor_report {
  std::string name;
  std::string kind;
  std::string parent;
  std::string state; ///< `running`, …; `busy` or `stuck` when it did not answer in time.
  std::chrono::milliseconds uptime{};
  std::uint32_t restarts = 0;
  health how; ///< As its meter has it; failing if it is down or stuck.
  noted_error last_error;
  std::uint64_t mailbox = 0;
  std::uint64_t handled = 0;
  std::uint64_t dropped = 0; ///< Of these, requests whose deadline had passed.
  std::chrono::nanoseconds p50{};
  std::chrono::nanoseconds p95{};
  std::chrono::nanoseconds p99{};
  std::chrono::milliseconds busy_for{}; ///< With the current message.
  std::int64_t pending_requests = 0;
  std::int64_t armed_timers = 0;
  bool running = false; ///< `state` is `running`.
  bool ready = false;   ///< It runs, is not stuck and does not say otherwise.
  actor_status own;
};

struct actor_reports {
  std::vector<actor_report> actors;
};

/// Asks every actor, in parallel, and waits `admin.status_timeout` at most.
struct list_actors {
  using reply = actor_reports;
};

/// Fails with `actor_not_found`.
struct inspect_actor {
  using reply = actor_report;
  std::string name;
};

} // namespace tinybook
