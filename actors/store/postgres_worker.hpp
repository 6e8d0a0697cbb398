#pragma once

#include "actors/interfaces.hpp"
#include "actors/store/write_group.hpp"
#include "actors/system/timer.hpp"
#include "storage/connection.hpp"
#include "storage/stores.hpp"

#include <chrono>
#include <memory>

namespace tinybook {

struct postgres_worker_config {
  std::size_t max_group = 0; ///< Writes that share one commit, at most.
  storage::audit_sink audited{};
  /// How often an unreachable server is probed, so that its return is noticed without a
  /// command.
  std::chrono::milliseconds probe_each{250};
};

/// Reads and writes on a connection of its own to a shared database; spawned detached,
/// since libpq blocks. Several form the pool of a replica. Reads are answered at once,
/// writes in groups. While the server is unreachable, commands fail with `unavailable`:
/// the first ones within the statement timeout and a second, later ones at once.
class postgres_worker_state {
 public:
  using actor_type = with_own<store_actor::worker, flush_batch>;

  postgres_worker_state(self_pointer<actor_type> self, postgres_worker_config config,
                        std::shared_ptr<storage::database> database,
                        address<event_publisher_actor> publisher);

  ~postgres_worker_state() { commit(); }

  actor_type::behavior_type make_behavior();

 private:
  template <class... Reads, class... Writes>
  actor_type::behavior_type behavior_for(storage::commands<Reads...>,
                                         storage::commands<Writes...>);
  template <class Command>
  caf::result<typename Command::reply> read(const Command& command);
  template <class Command>
  caf::result<typename Command::reply> add(Command& command);
  void probe();
  void commit();
  void note_reach();
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  postgres_worker_config config_;
  std::shared_ptr<storage::database> database_;
  address<event_publisher_actor> publisher_;
  std::unique_ptr<storage::connection> connection_;
  write_group group_;
  timer probe_;
};

} // namespace tinybook
