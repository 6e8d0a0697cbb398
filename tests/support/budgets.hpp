#pragma once

namespace tinybook::test {

/// How much a slow test does. The environment variable of that name overrides the
/// columns.
struct budget {
  const char* variable;
  int usual; ///< `scripts/test.sh`, and so CI.
  int sanitized;
  int all; ///< `scripts/test.sh --all` (the environment has TINYBOOK_TEST_ALL=1).
  int all_sanitized;

  /// The value for this run.
  [[nodiscard]] int amount() const;
};

// clang-format off
namespace budgets {

//                                                            usual  sanitized  --all  sanitized
/// Random cases of each property.
inline constexpr budget property_cases{"PROPERTY_CASES",       100,    25,   1'000,     100};
/// Fixed seeds of the simulation of SMS delivery, and as many fresh ones.
inline constexpr budget delivery_seeds{"DELIVERY_SEEDS",     1'000,   100,  10'000,   1'000};
/// The same of the ranking.
inline constexpr budget ranking_seeds{"RANKING_SEEDS",       1'000,   100,  10'000,   1'000};
/// Seeds of the simulation of HTTP journeys.
inline constexpr budget http_seeds{"HTTP_SEEDS",               300,    30,   3'000,     300};
/// Damaged requests that a listener must survive.
inline constexpr budget mutated_requests{"MUTATED_REQUESTS", 4'000, 1'000,  40'000,   4'000};
/// kill -9 under load, at any moment.
inline constexpr budget kill_rounds{"KILL_ROUNDS",              30,     3,     300,      30};
/// kill -9 at the labelled points of a message's life.
inline constexpr budget kill_point_rounds{"KILL_POINT_ROUNDS", 105,     7,   3'000,     105};

} // namespace budgets
// clang-format on

} // namespace tinybook::test
