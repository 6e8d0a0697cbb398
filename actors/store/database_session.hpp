#pragma once

#include "actors/interfaces.hpp"
#include "actors/system/presence.hpp"
#include "actors/system/timer.hpp"
#include "storage/postgres/replica_session.hpp"
#include "storage/support/backoff.hpp"
#include "storage/support/random.hpp"
#include "storage/support/synced_clock.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinybook {

struct database_session_config {
  std::chrono::milliseconds clock_each{1000}; ///< Between readings of the clock.
  /// How long the actor waits for notifications before it handles its mailbox.
  std::chrono::milliseconds listen{100};
  /// How long another replica may hold the place before the process gives up: as long as
  /// a server may take to notice that a process was killed.
  std::chrono::milliseconds patience{5000};
  std::chrono::milliseconds retry{250}; ///< While another replica holds the place.
  backoff_options reconnect;
};

/// What the session works on, and its callbacks.
struct database_session_peers {
  std::shared_ptr<storage::postgres_database> database; ///< Made with `gated`.
  std::vector<std::string> local_parts; ///< Keys whose back end is this process.
  std::shared_ptr<synced_clock> clock;
  /// Another replica may have put messages into the outbox, or given some back. From the
  /// actor's thread, as the next one.
  std::function<void()> outbox_changed;
  /// Called once, with a text for the operator, when this replica can never have its
  /// place: the process is to end. From the actor's thread.
  std::function<void(const std::string& why)> fatal;
};

/// Holds a replica's place in a shared database on a connection of its own (see
/// `replica_session`); spawned detached, before the workers. As long as the place is not
/// held the workers answer `unavailable`. After a lost connection everything is done
/// anew: schema, locks, clock, and a look at the outbox, since a notification may have
/// been missed.
class database_session_state {
 public:
  using actor_type = database_session_actor;

  database_session_state(self_pointer<actor_type> self, database_session_config config,
                         database_session_peers peers);
  database_session_state(const database_session_state&) = delete;
  database_session_state& operator=(const database_session_state&) = delete;
  ~database_session_state();

  actor_type::behavior_type make_behavior();

 private:
  using steady = std::chrono::steady_clock;

  void step();
  void seek_place();
  void hold_place();
  void place_held();
  void place_taken(const std::string& why);
  void give_up(const std::string& why);
  void connection_lost(const std::string& why);
  [[nodiscard]] result<done> sync_clock();
  void leave_place();
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  database_session_config config_;
  database_session_peers peers_;
  storage::postgres::replica_session session_;
  timer next_;
  presence presence_;
  system_random random_;
  unsigned attempts_ = 0;
  std::optional<steady::time_point> blocked_since_;
  bool gave_up_ = false;
  steady::time_point next_reading_{};
  std::chrono::nanoseconds round_trip_{0};
  std::string trouble_;
};

} // namespace tinybook
