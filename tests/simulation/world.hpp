#pragma once

#include "actors/sms/outcome.hpp"
#include "storage/support/random.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/trace.hpp"
#include "tests/support/model_outbox.hpp"
#include "tests/support/model_provider_states.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::sim {

/// How a provider behaves now.
enum class mood : std::uint8_t {
  well,
  failing,    ///< Refuses everything at once.
  partial,    ///< Refuses some.
  hanging,    ///< Never answers, but accepts half of the messages.
  dropping,   ///< Accepts, then breaks the connection.
  throttling, ///< The whole account, at times for a day.
  slow,
  closed_region, ///< Sends to one of the two regions only.
  choosy,        ///< Cannot send to some numbers, and limits others.
};
inline constexpr int moods = 9;

[[nodiscard]] constexpr const char* to_string(mood m) {
  constexpr const char* words[moods] = {
      "well",     "failing",    "partial", "hanging",
      "dropping", "throttling", "slow",    "of one region only",
      "choosy"};
  return words[static_cast<int>(m)];
}

/// Of the numbers of the second region.
inline constexpr const char* other_region_prefix = "+1876";

/// How the database behaves now, as seen by one process.
struct store_mood {
  double fails = 0;  ///< Refused, nothing done.
  double loses = 0;  ///< Done, but the answer never comes.
  double delays = 0; ///< Done and answered up to 3 s later.
};

/// Everything that outlives the processes: the database, the providers, which codes are
/// still wanted, the clocks, and the one source of randomness.
struct world {
  world(std::uint64_t seed, bool readable)
      : chance(seed), story(readable), truth(story) {}

  [[nodiscard]] bool happens(double probability) { return chance.unit() < probability; }
  [[nodiscard]] int pick(int below) {
    return static_cast<int>(chance.below(static_cast<std::uint32_t>(below)));
  }
  /// The database's clock, which never jumps, and the one that processes read.
  [[nodiscard]] wall_time database_wall() const {
    return wall_time{std::chrono::hours{24 * 365 * 55}} + truth.now_ms;
  }
  [[nodiscard]] wall_time wall() const { return database_wall() + wall_jump; }
  void tell(const std::string& what) { story.note(truth.now_ms.count(), what); }

  seeded_random chance;
  trace story;
  ledger truth;
  test::model_outbox outbox;
  test::model_provider_states states;
  std::vector<mood> providers;
  /// Where set, what a provider does with a row instead of what its mood says.
  std::function<std::pair<send_outcome, std::chrono::milliseconds>(std::size_t provider,
                                                                   message_id row)>
      answers;
  store_mood database;
  life_id lives = 0;
  int senders = 0;
  /// Of the circuits: shorter than the default, or most seeds would only see it open.
  std::chrono::milliseconds open_cap{std::chrono::seconds{40}};
  bool quiet = false;                     ///< Reports are never negative any more.
  bool several = false;                   ///< Replicas: the database's own clock counts.
  std::chrono::milliseconds wall_jump{0}; ///< The processes' wall clock is off by this.
  std::chrono::milliseconds slack{0};     ///< Time that passed while something waited.
};

} // namespace tinybook::sim
