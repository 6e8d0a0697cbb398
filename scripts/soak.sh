#!/usr/bin/env bash
# Runs two replicas over real PostgreSQL, Redis and Kafka under mixed traffic (nine reads in ten
# requests, likes, articles, codes, log-ins), while simulated SMS providers fail and fall silent,
# back ends are restarted in turn, and a replica is killed by -9 or stopped now and then.
#   scripts/soak.sh [MINUTES] [--rate N] [--seed S] [--break WHAT]     default: 1, 150 requests/s
# Prints a line for each minute: rates, times from when a request was to begin, answers by class,
# memory and open files of both replicas, messages (accepted = delivered + expired + dead +
# waiting), likes, and what was done to the world. Ends with a table in Markdown, and with an error
# if anything that was answered with success is lost, a message came twice without need, a replica
# leaks, or an answer is wrong: a 5xx that is no declared 503, a connection that breaks though
# nobody killed its replica. Ctrl-C ends it early, with its summary. Whatever its length all of
# this happens at least once. --break like|message|memory|files breaks something, to see it fail.
# SOAK_BINARY: a tinybook that is built already; default the release build.
# CLUSTER_LOGS: a folder that keeps the replicas' logs.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

stage "packages" "$root/scripts/install-deps.sh" build test redis postgres kafka
stage "Kafka" "$root/scripts/prepare-kafka.sh" >/dev/null
# Its program is a test; the server is the release all the same.
stage "configure" configure release -DTINYBOOK_TESTS=ON
stage "build" build release tinybook_soak

# In a session of its own: Ctrl-C must not reach its servers, which it needs for its last checks.
setsid "$root/build/release/tests/tinybook_soak" \
  --binary "${SOAK_BINARY:-$root/build/release/tinybook}" "$@" &
soak=$!
trap 'kill -INT "$soak" 2>/dev/null || true' INT TERM
code=0
wait "$soak" || code=$?
# A signal ends the wait, not the program.
while kill -0 "$soak" 2>/dev/null; do
  code=0
  wait "$soak" || code=$?
done
exit "$code"
