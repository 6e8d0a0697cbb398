#!/usr/bin/env bash
# Runs the actors of SMS delivery, or those of the ranking, through seeded histories of
# faults and crashes, and checks every invariant after each step.
#   scripts/simulate.sh [--ranking] [--seeds N] [--from F]   fresh seeds (2000), progress
#   scripts/simulate.sh [--ranking] --seed S                 one seed again, with a trace
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

help_asked "${1:-}"
stage "packages" "$root/scripts/install-deps.sh" build test
stage "configure" configure whole
program=tinybook_simulate
if [[ ${1:-} == --ranking ]]; then
  program=tinybook_simulate_ranking
  shift
fi
stage "build" build whole "$program"
exec "$root/build/whole/tests/$program" "$@"
