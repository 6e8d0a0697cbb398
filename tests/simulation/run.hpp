#pragma once

#include "tests/support/seed_driver.hpp"

#include <cstdint>

namespace tinybook::sim {

/// Runs the real actors of delivery through one history: events, the order in which
/// messages are handled, and faults are all drawn from `seed`. Every invariant is checked
/// after each step; the first violation ends it.
[[nodiscard]] seed_report run_seed(std::uint64_t seed, bool readable);

} // namespace tinybook::sim
