#pragma once

#include "actors/interfaces.hpp"
#include "actors/ranking/board_messages.hpp"
#include "actors/redis/redis_address.hpp"
#include "actors/system/managed_actor.hpp"
#include "actors/system/reply.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tinybook {

struct redis_board_store_config {
  std::string prefix; ///< Of every key.
  /// Events that one script applies; it holds up everybody else on the server meanwhile.
  std::size_t script_events = 200;
  std::chrono::milliseconds request_timeout{0};
};

/// The boards in Redis, shared by all replicas (redis_board_scripts.hpp tells the
/// layout). Holds nothing; a crash loses nothing but the answers. A batch is applied in
/// several scripts, its marks with the last: where one fails the batch fails, and
/// applying it again changes nothing twice. Redis away: everything fails with
/// `unavailable`.
///
/// What Redis loses (FLUSHALL, a restart with or without its data) is void as a whole: no
/// epoch is served until one was filled from the database again.
class redis_board_store_state {
 public:
  using actor_type = board_store_actor;

  redis_board_store_state(self_pointer<actor_type> self, redis_board_store_config config,
                          redis_address redis)
      : self_(std::move(self)), config_(std::move(config)), redis_(std::move(redis)) {}

  actor_type::behavior_type make_behavior();

 private:
  struct applying;
  using applying_ptr = std::shared_ptr<applying>;

  caf::result<boards_applied> apply(apply_to_boards& m);
  void apply_some(const applying_ptr& a);
  caf::result<boards_seen> look(const look_at_boards& m);
  caf::result<board_place> find(const find_in_board& m);
  caf::result<walk_grant> begin(const begin_walk& m);
  caf::result<done> finish(const finish_walk& m);

  /// Runs the script and answers with what `read` makes of its answer.
  template <class Reply, class Read>
  caf::result<Reply> run(const storage::redis::script& script,
                         std::vector<std::string> args, Read read);
  [[nodiscard]] run_script command(const storage::redis::script& script,
                                   std::vector<std::string> args) const;
  [[nodiscard]] actor_status status() const;

  self_pointer<actor_type> self_;
  redis_board_store_config config_;
  redis_address redis_;
  boards_applied sums_;
  std::uint64_t looks_ = 0;
  std::uint64_t failures_ = 0;
};

} // namespace tinybook
