#!/usr/bin/env bash
# kill -9 under load, again and again; hundreds of rounds where CI runs 30.
#   scripts/kill-rounds.sh [ROUNDS]            at any moment; default 300
#   scripts/kill-rounds.sh --points [ROUNDS]   at labelled points of a message's life, with
#                                              a simulated provider; default 3000
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

points=no
case ${1:-} in
-h | --help)
  sed -n '2,/^source/{/^source/d;s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
  exit 0
  ;;
--points)
  points=yes
  shift
  ;;
esac

"$root/scripts/install-deps.sh" build test
configure dev -DTINYBOOK_TESTS=ON
build dev
if [[ $points == yes ]]; then
  KILL_POINT_ROUNDS=${1:-3000} "$root/build/dev/tests/test_blackbox" \
    --test-case='*labelled point*'
  exit
fi
KILL_ROUNDS=${1:-300} "$root/build/dev/tests/test_blackbox" --test-case='*kill*'
