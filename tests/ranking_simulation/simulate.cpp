#include "tests/ranking_simulation/run.hpp"

int main(int argc, char** argv) {
  return tinybook::sim::drive_seeds(
      argc, argv,
      {tinybook::test::budgets::ranking_seeds,
       "Runs the actors of the ranking through seeded histories of likes, faults, "
       "crashes, lost data and days that pass, and holds every board that is shown "
       "against what was committed.",
       "scripts/simulate.sh --ranking", tinybook::ranking_sim::run_seed});
}
