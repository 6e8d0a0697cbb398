#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace tinybook::soak {

inline constexpr std::size_t replicas = 2;
inline constexpr std::size_t providers = 3;

/// Within each minute there is load for so long; the rest is for the quiet moment in
/// which everything is compared.
inline constexpr std::chrono::seconds load_of_a_minute{54};

/// What is done to a running world.
enum class deed : std::uint8_t {
  restart_redis,
  restart_kafka,
  restart_postgres,
  kill_replica, ///< kill -9.
  stop_replica, ///< SIGTERM.
};

struct planned_deed {
  deed what{};
  std::size_t replica = 0;           ///< Of the last two.
  std::chrono::milliseconds at{};    ///< Since the minute began.
  std::chrono::milliseconds lasts{}; ///< From the stop to the next start.
};

/// What a provider does during a minute.
struct provider_minute {
  std::string script;  ///< As tests/support/provider_simulator/script.hpp says.
  std::string trouble; ///< In words; empty = none.
};

struct planned_minute {
  std::vector<planned_deed> deeds; ///< In order of time.
  std::array<provider_minute, providers> of_providers;
};

/// What happens in each minute of a run; the same for the same seed. Whatever its length,
/// everything happens at least once: each back end is restarted, a replica is killed, one
/// is stopped, a provider fails, one is silent. Deeds never overlap, and in a long run a
/// replica lives for about twenty minutes, so that a leak shows.
[[nodiscard]] std::vector<planned_minute> plan_soak(std::chrono::minutes length,
                                                    std::uint64_t seed);

} // namespace tinybook::soak
