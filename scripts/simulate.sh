#!/usr/bin/env bash
# Runs the actors of SMS delivery through seeded histories of faults, crashes and clock
# jumps, and looks at every invariant after each step.
#   scripts/simulate.sh [--seeds N] [--from F]   fresh seeds (2000), with progress
#   scripts/simulate.sh --seed S                 one seed again, with a readable trace
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  sed -n '2,/^source/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  exit 0
fi
stage "packages" "$root/scripts/install-deps.sh" build test
stage "configure release" configure release -DTINYBOOK_TESTS=ON
stage "build" build release tinybook_simulate
exec "$root/build/release/tests/tinybook_simulate" "$@"
