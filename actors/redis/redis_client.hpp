#pragma once

#include "actors/interfaces.hpp"
#include "actors/redis/messages.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/presence.hpp"
#include "actors/system/reply.hpp"
#include "actors/system/timer.hpp"
#include "config/settings.hpp"
#include "storage/redis/connection.hpp"
#include "storage/support/backoff.hpp"
#include "storage/support/random.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

struct redis_client_config {
  config::redis_settings server;
  std::size_t max_batch = 512; ///< Scripts that share a round trip, at most.
  /// Called where the server found at the start can never serve (a refused log-in, Redis
  /// Cluster, a policy that evicts keys): the process is to end. From the actor's thread.
  std::function<void(const std::string& why)> unfit{};
};

/// The one connection of a replica to Redis; spawned detached, since it blocks. The first
/// command sends a `flush_batch` to the own mailbox, and whatever arrived before that
/// comes up joins its round trip: under load batches grow by themselves, without load
/// nothing waits.
///
/// While Redis is unreachable every command fails at once with `unavailable`, and
/// Retry-After is the time until the next attempt to connect. Attempts are made on a
/// thread of their own, so that a server that accepts but does not answer delays nobody;
/// one that freezes costs the commands under way `server.timeout`, once. A crash answers
/// those with `unavailable`; as after a lost connection, they may have run.
class redis_client_state {
 public:
  using actor_type = with_own<redis_actor, flush_batch>;

  redis_client_state(self_pointer<actor_type> self, redis_client_config config,
                     std::shared_ptr<random_source> random);
  ~redis_client_state();

  actor_type::behavior_type make_behavior();

 private:
  using opened = result<std::unique_ptr<storage::redis::connection>>;

  caf::result<storage::redis::value> add(run_script& m);
  void flush();
  void connected(opened connection);
  void connection_lost(failure why);
  /// Checks the outcome of the attempt under way, or begins one.
  void reconnect();
  [[nodiscard]] failure away() const;
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  redis_client_config config_;
  std::shared_ptr<random_source> random_;
  presence presence_;
  std::unique_ptr<storage::redis::connection> connection_;
  std::vector<storage::redis::command> commands_;
  std::vector<pending_reply<storage::redis::value>> replies_; ///< One a command.
  timer timer_;
  std::future<opened> attempt_;
  unsigned attempts_ = 0; ///< Failed ones since it was last connected.
  std::chrono::steady_clock::time_point next_attempt_{};
  bool was_there_ = false;
  std::string why_away_;
  std::uint64_t commands_run_ = 0;
  std::uint64_t batches_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t reconnects_ = 0;
};

} // namespace tinybook
