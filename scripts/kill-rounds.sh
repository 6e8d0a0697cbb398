#!/usr/bin/env bash
# kill -9 under load, again and again: as many rounds as `scripts/test.sh --all` runs.
#   scripts/kill-rounds.sh [ROUNDS]            at any moment
#   scripts/kill-rounds.sh --points [ROUNDS]   at labelled points of a message's life, with
#                                              a simulated provider
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

cases='*kill*'
if [[ ${1:-} == --points ]]; then
  cases='*labelled point*'
  shift
fi

stage "packages" "$root/scripts/install-deps.sh" build test
stage "configure" configure dev
stage "build" build dev test_blackbox
export TINYBOOK_TEST_ALL=1
[[ -z ${1:-} ]] || export KILL_ROUNDS=$1 KILL_POINT_ROUNDS=$1
exec "$root/build/dev/tests/test_blackbox" --test-case="$cases"
