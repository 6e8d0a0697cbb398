#!/usr/bin/env bash
# kill -9 under load, again and again; hundreds of rounds where CI runs 30.
#   scripts/kill-rounds.sh [ROUNDS]   default 300
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/install-deps.sh" build test
configure dev -DTINYBOOK_TESTS=ON
build dev
KILL_ROUNDS=${1:-300} "$root/build/dev/tests/test_blackbox" --test-case='*kill*'
