#!/usr/bin/env bash
# Puts deliberate bugs (mutants) into a copy of the committed tree, one at a time, and prints
# what catches each: a seed of the simulation, a test, or nothing.
#   scripts/mutants.sh [--ranking|--http] [NAME...]
#                      the patches of tests/simulation/mutants (SMS delivery), or with
#                      --ranking of tests/ranking_simulation/mutants, with --http of
#                      tests/http/mutants (HTTP journeys), whose names begin with NAME, such
#                      as 07; default all, after a run without any bug. Half a minute each,
#                      plus the first build.
#   MUTANTS_FOLDER   where the copy is kept between runs; default under $TMPDIR
# Exit 1 if a mutant survives.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

help_asked "${1:-}"

suite=simulation
program=tinybook_simulate
source_files="*tests/actors/sms/*"
targets=(test_actors)
more_targets=test_storage
if [[ ${1:-} == --http ]]; then
  suite=http
  program=test_http
  targets=()
  more_targets=
  shift
elif [[ ${1:-} == --ranking ]]; then
  suite=ranking_simulation
  program=tinybook_simulate_ranking
  source_files="*tests/actors/ranking/*,*tests/actors/events/event_path*"
  shift
fi
folder=${MUTANTS_FOLDER:-${TMPDIR:-/tmp}/tinybook-mutants}
tree=$folder/tree
tests=$tree/build/dev/tests

# Brings the copy to HEAD, without what an interrupted run has left in it.
copy_tree() {
  mkdir -p "$folder"
  git -C "$root" worktree prune
  if [[ -e $tree/.git ]]; then
    git -C "$tree" reset --hard --quiet
    git -C "$tree" checkout --quiet --detach "$(git -C "$root" rev-parse HEAD)"
  else
    git -C "$root" worktree add --quiet --detach "$tree" HEAD
  fi
  (cd "$tree" && cmake --preset dev) >"$folder/configure.log" 2>&1 ||
    { cat "$folder/configure.log" >&2 && return 1; }
}

# build_copy TARGET...
build_copy() {
  cmake --build "$tree/build/dev" --parallel "$(nproc)" --target "$@" \
    >"$folder/build.log" 2>&1 || { tail -n 20 "$folder/build.log" >&2 && return 1; }
}

# Each prints what it found, or nothing. A crash or a hang counts as found, too.
simulate() {
  local code=0
  timeout 100 "$tests/$program" --fixed --seeds 1500 --from 1000000 \
    >"$folder/simulation.log" 2>&1 || code=$?
  ((code == 0)) && return
  grep -aom 1 'seed [0-9]*: .*' "$folder/simulation.log" ||
    echo "simulation ended with $code"
}

# run_tests PROGRAM FILTER: without shrinking counterexamples; that one fails is enough.
run_tests() {
  local code=0 first
  RC_PARAMS=noshrink=1 timeout 120 "$tests/$1" "$2" --no-colors --abort-after=1 \
    >"$folder/$1.log" 2>&1 || code=$?
  ((code == 0)) && return
  first=$(sed -n '/^TEST CASE:/{s/^TEST CASE:  *\(.*\)/test "\1"/p;q}' "$folder/$1.log")
  echo "${first:-$1 ended with $code}"
}

# Prints what finds the bug in the copy.
look_for_it() {
  if [[ $suite == http ]]; then
    run_tests test_http --test-case='*HTTP journeys*'
    return
  fi
  simulate
  run_tests test_actors --source-file="$source_files"
  if [[ $1 == *storage* ]]; then
    run_tests test_storage --test-case='*the outbox*,*ends messages*,*jitter*'
  fi
}

# try_mutant PATCH: prints its line; 1 if it survives.
try_mutant() {
  local patch=$1 name more found
  name=$(basename "$patch" .patch)
  more=$(sed -n 's/^# also built and run: //p' "$patch")
  git -C "$tree" apply "$patch" || fail "$name does not apply: make it anew"
  # shellcheck disable=SC2086 # one target or none
  build_copy "$program" "${targets[@]}" $more || fail "$name does not build"
  found=$(look_for_it "$more" | paste -sd '|' | sed 's/|/; /g')
  git -C "$tree" apply --reverse "$patch"
  printf '%-44s %s\n' "$name" "${found:-SURVIVED}"
  [[ -n $found ]]
}

patches=()
(($# > 0)) || patches=("$root/tests/$suite/mutants"/*.patch)
for name in "$@"; do
  for patch in "$root/tests/$suite/mutants"/"$name"*.patch; do
    [[ -e $patch ]] && patches+=("$patch")
  done
done
((${#patches[@]} > 0)) || fail "no such mutant: $*"

stage "copy of the tree" copy_tree
if (($# == 0)); then
  # shellcheck disable=SC2086 # one target or none
  stage "build without a bug" build_copy "$program" "${targets[@]}" $more_targets
  found=$(look_for_it "$more_targets")
  [[ -z $found ]] || fail "it fails without any bug: $found"
fi

survived=0
for i in "${!patches[@]}"; do
  say "$((i + 1)) of ${#patches[@]}, $SECONDS s"
  try_mutant "${patches[i]}" || survived=$((survived + 1))
done
say "${#patches[@]} mutants, $survived survived, $SECONDS s"
((survived == 0))
