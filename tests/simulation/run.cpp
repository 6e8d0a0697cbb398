#include "tests/simulation/run.hpp"

#include "tests/simulation/history.hpp"

namespace tinybook::sim {

seed_report run_seed(std::uint64_t seed, bool readable) {
  history h{seed, readable};
  h.troubled_time();
  h.quiet_time();
  return h.report();
}

} // namespace tinybook::sim
