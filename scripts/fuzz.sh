#!/usr/bin/env bash
# Fuzzes the parsers of input from outside, with the sanitizers, and shows the progress.
#   scripts/fuzz.sh NAME [SECONDS]   one of tests/fuzz/corpus, such as answers.twilio; 60
#   scripts/fuzz.sh --list           the names
# New inputs are kept in build/fuzz/NAME for the next run. An input that crashes it becomes
# tests/fuzz/corpus/NAME/crash-…: fix the bug and commit the file; every later run tries it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

help_asked "${1:-}"
corpora=$root/tests/fuzz/corpus
if [[ ${1:-} == --list ]]; then
  ls "$corpora"
  exit
fi
name=${1:-} seconds=${2:-60}
[[ -n $name && -d $corpora/$name ]] ||
  fail "\"$name\" is no target; scripts/fuzz.sh --list tells them"
[[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "SECONDS is \"$seconds\": use a number from 1"

stage "packages" "$root/scripts/install-deps.sh" build test sanitize
stage "configure" configure asan-ubsan
stage "build" build asan-ubsan tinybook_fuzz
found=$root/build/fuzz/$name
mkdir -p "$found"
say "fuzzing $name for $seconds s"
FUZZ_TARGET=$name exec "$root/build/asan-ubsan/tests/tinybook_fuzz" \
  -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
  -artifact_prefix="$corpora/$name/" "$found" "$corpora/$name"
