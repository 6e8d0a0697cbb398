#pragma once

#include "tests/support/seed_driver.hpp"

#include <cstdint>

namespace tinybook::sim {

/// Runs the real actors of delivery through one seeded history: what happens, in which
/// order messages are handled, which faults strike, is all drawn from `seed`. Every
/// invariant is looked at after each step; the first violation ends it.
[[nodiscard]] seed_report run_seed(std::uint64_t seed, bool readable);

} // namespace tinybook::sim
