#pragma once

#include "actors/sms/outcome.hpp"
#include "storage/support/random.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tinybook::bench {

using ms = std::chrono::milliseconds;

/// What the first of three providers does while it is in trouble.
enum class trouble : std::uint8_t {
  none,
  fails_10,
  fails_30,
  fails_50,
  fails_100,
  hangs,          ///< Takes the call and never answers.
  drops,          ///< Sends the message, then breaks the connection.
  throttles,      ///< 429 with Retry-After: 5 s.
  flaps,          ///< Fails for ten seconds, works for ten seconds, in turn.
  closed_country, ///< Refuses the numbers of one country, a fifth of all.
  limits_numbers, ///< Refuses one number in five for the rate of that number.
};

struct scenario {
  trouble what = trouble::none;
  const char* name = "";
};

[[nodiscard]] const std::vector<scenario>& scenarios();

inline constexpr std::size_t providers = 3;
inline constexpr ms trouble_begins = std::chrono::seconds{60};
inline constexpr ms trouble_ends = std::chrono::seconds{233};
inline constexpr ms load_ends = std::chrono::seconds{420};
inline constexpr ms code_lifetime = std::chrono::seconds{600};
inline constexpr ms call_timeout = std::chrono::seconds{5};
inline constexpr double messages_per_second = 5;

struct answer {
  outcome_class kind = outcome_class::delivered;
  ms took{0};
  ms retry_after{0};
  bool arrived = false; ///< It reached the phone, whatever the caller was told.
};

/// Whether the message is to the second country, to which a fifth of them go.
[[nodiscard]] bool is_abroad(std::int64_t message);

/// The providers as they really behave: each fails one call in a hundred, and the first
/// is in trouble for three minutes.
[[nodiscard]] answer ask_provider(const scenario& s, std::size_t provider,
                                  std::int64_t message, ms now, random_source& chance);

/// When messages are asked for: a Poisson stream, the same for everybody.
[[nodiscard]] std::vector<ms> arrivals(std::uint64_t seed);

} // namespace tinybook::bench
