#pragma once

#include "actors/events/messages.hpp"
#include "storage/support/random.hpp"
#include "tests/ranking_simulation/database.hpp"
#include "tests/simulation/trace.hpp"
#include "tests/support/instants.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook::ranking_sim {

/// How a server behaves now.
struct mood {
  double fails = 0;  ///< Refused, nothing done.
  double loses = 0;  ///< Done, and the answer is lost.
  double delays = 0; ///< Done up to 2 s later.
};

/// A topic that the replicas read as one group.
struct topic {
  std::vector<std::vector<bus_message>> partitions;
  std::vector<std::size_t> committed; ///< By partition: what is read next.
  std::vector<int> owner;             ///< By partition: the replica; -1 = none.
  std::uint64_t generation = 0;       ///< Grows with each rebalance.
};

/// Everything that outlives the replicas: database, topic, the moods of the servers, the
/// clock, and the one source of randomness.
struct world {
  world(std::uint64_t seed, bool readable, std::int64_t how_many, int partitions)
      : chance(seed), story(readable), articles(how_many) {
    log.partitions.resize(static_cast<std::size_t>(partitions));
    log.committed.resize(log.partitions.size());
    log.owner.assign(log.partitions.size(), -1);
  }

  [[nodiscard]] bool happens(double probability) { return chance.unit() < probability; }
  [[nodiscard]] int pick(int below) {
    return static_cast<int>(chance.below(static_cast<std::uint32_t>(below)));
  }
  /// Of the database: three minutes before a midnight at first.
  [[nodiscard]] wall_time now() const {
    return test::start_of_day(20'001, utc_offset) - std::chrono::minutes{3} + passed;
  }
  void tell(const std::string& what) { story.note(passed.count(), what); }
  void violated(const std::string& what) {
    tell("VIOLATED: " + what);
    violations.push_back(what);
  }

  seeded_random chance;
  sim::trace story;
  database articles;
  topic log;
  mood database_mood;
  mood bus_mood;
  mood boards_mood;
  std::chrono::milliseconds passed{0};
  std::int64_t answers = 0; ///< Boards that were checked.
  std::vector<std::string> violations;
};

} // namespace tinybook::ranking_sim
