#!/usr/bin/env bash
# Runs the actors of SMS delivery, or those of the ranking, through seeded histories of
# faults and crashes, and looks at every invariant after each step.
#   scripts/simulate.sh [--ranking] [--seeds N] [--from F]   fresh seeds (2000), progress
#   scripts/simulate.sh [--ranking] --seed S                 one seed again, with a trace
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,/^source/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
fi
stage "packages" "$root/scripts/install-deps.sh" build test
stage "configure release" configure release -DTINYBOOK_TESTS=ON
program=tinybook_simulate
if [[ ${1:-} == --ranking ]]; then
  program=tinybook_simulate_ranking
  shift
fi
stage "build" build release "$program"
exec "$root/build/release/tests/$program" "$@"
