#pragma once

#include "actors/ranking/board_store.hpp"
#include "actors/redis/redis_address.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace tinybook {

struct redis_board_store_config {
  std::string prefix; ///< Of every key.
  /// Events that one script applies; it holds up everybody else on the server meanwhile.
  std::size_t script_events = 200;
  default_timeout request_timeout{};
};

/// The boards in Redis, shared by all replicas (redis_board_scripts.hpp tells the
/// layout). Holds nothing; a crash loses nothing but the answers. A batch is applied in
/// several scripts, its marks with the last: where one fails the batch fails, and
/// applying it again changes nothing twice.
///
/// What Redis loses (FLUSHALL, a restart with or without its data) is void as a whole: no
/// epoch is served until one was filled from the database again.
class redis_board_store final : public board_store {
 public:
  redis_board_store(redis_board_store_config config, redis_address redis)
      : config_(std::move(config)), redis_(std::move(redis)) {}

  task<result<boards_applied>> apply(apply_to_boards batch) override;
  task<result<boards_seen>> look(look_at_boards known) override;
  task<result<board_place>> find(find_in_board wanted) override;
  task<result<walk_grant>> begin(begin_walk wanted) override;
  task<result<done>> finish(finish_walk walked) override;

 private:
  [[nodiscard]] asking<run_script> run(const storage::redis::script& script,
                                       std::vector<std::string> args) const;

  redis_board_store_config config_;
  redis_address redis_;
};

} // namespace tinybook
