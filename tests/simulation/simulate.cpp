#include "tests/simulation/run.hpp"

int main(int argc, char** argv) {
  return tinybook::sim::drive_seeds(
      argc, argv,
      {tinybook::test::budgets::delivery_seeds,
       "Runs the actors of SMS delivery through seeded histories of faults, crashes and "
       "clock jumps, and looks at every invariant after each step.",
       "scripts/simulate.sh", tinybook::sim::run_seed});
}
