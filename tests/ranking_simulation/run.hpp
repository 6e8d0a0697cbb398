#pragma once

#include "tests/support/seed_driver.hpp"

namespace tinybook::ranking_sim {

/// Runs the real publishers, feeds and rankings of one to three replicas through one
/// history over one database, topic and board store: events, the order in which
/// messages are handled, and faults are all drawn from `seed`. Every board that a
/// replica would serve is compared with what was committed; in the end all must equal
/// the database. The first violation ends it.
[[nodiscard]] sim::seed_report run_seed(std::uint64_t seed, bool readable);

} // namespace tinybook::ranking_sim
