#!/usr/bin/env bash
# Installs what the chosen tests need, builds it, and runs them; the last line is ctest's summary.
#   scripts/test.sh [--filter REGEX] [--quick] [--all] [options of ctest]
# --filter REGEX  the tests whose name matches, such as config or 'asan\.storage'. Built in
#                 build/dev, one file a unit, so that the next change is tested soon. Those
#                 with the sanitizers run if the expression has the word asan.
# --quick         everything but asan.*, fuzz.* and lint.*
# --all           everything, and far more of it: the last columns of
#                 tests/support/budgets.hpp, the simulations with the sanitizers, every file
#                 through clang-tidy
# Options of ctest: -V, -N, --rerun-failed, --repeat until-fail:9, --stop-on-failure, …
# Without --filter it is built in build/whole and build/asan-ubsan, several files a unit,
# which is quicker from scratch. As many tests run at a time as there are processors; those
# that measure run alone.
# How long the parts take on two processors, in seconds:
#   build   release 150, whole 300, sanitizers 280; once: packages 60, Kafka 15
#   run     config, architecture, provider_simulator, hardening, package_texts: 1;
#           storage 40 (sanitized 45);
#           actors.* 60 (90), most of it actors.events and actors.ranking; http 25 (30);
#           simulation 35; ranking_simulation 30; blackbox 15; failover 10; kill 10;
#           killpoints 70; cluster 130; api.* 85; browser.* 100; deploy.lint 12,
#           deploy.kubernetes 25; lint.format 4; lint.shell 4;
#           lint.tidy 200, with --all 330
#   install servers only for storage, actors.{codes,events,ranking,redis,sessions,store} and
#           cluster (Redis, PostgreSQL, Java with Kafka), Node, schemathesis and
#           openapi-generator only for api.*, Chromium only for browser.*, clang-tidy only for
#           lint.tidy;
#           they are installed during the build
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

filter='' quick=no all=no options=()
while (($# > 0)); do
  case $1 in
  --filter)
    (($# > 1)) || fail "--filter needs a regular expression"
    filter=$2
    shift
    ;;
  --filter=*) filter=${1#--filter=} ;;
  --quick) quick=yes ;;
  --all) all=yes ;;
  -h | --help) help_asked --help ;;
  # ctest itself takes any word.
  -[A-Z] | -[A-Z][A-Z] | --rerun-failed | --repeat | --schedule-random | --stop-on-failure | \
    --verbose | --progress | --output-junit | --timeout) options+=("$1") ;;
  -*) fail "unknown option \"$1\"; --help lists them" ;;
  *)
    [[ ${options[*]: -1} == -* ]] || fail "unknown word \"$1\"; for some tests: --filter '$1'"
    options+=("$1")
    ;;
  esac
  shift
done
[[ $quick == no || $all == no ]] || fail "--quick and --all are opposites"

# Labels of what does not run (cmake/Tests.cmake).
preset=whole
left_out=()
if [[ -n $filter ]]; then
  preset=dev
  options+=(--tests-regex "$filter")
  [[ $filter == *asan* ]] || left_out+=(asan)
fi
[[ $quick == no ]] || left_out+=(asan lint)
if [[ $all == yes ]]; then
  export TINYBOOK_TEST_ALL=1
  timeout=14400
else
  left_out+=(all)
  timeout=900
fi
if ((${#left_out[@]} > 0)); then
  options+=(--label-exclude "^($(IFS='|' && printf '%s' "${left_out[*]}"))\$")
fi

stage "packages" "$root/scripts/install-deps.sh" build test
stage "configure" configure "$preset" -DTINYBOOK_TEST_TIMEOUT="$timeout"
tree=$root/build/$preset

# What the chosen tests need stands in their labels (cmake/Tests.cmake).
labels=$(ctest --test-dir "$tree" --print-labels "${options[@]}" | sed -n 's/^  //p')
[[ -n $labels ]] || fail "no test matches; ctest --test-dir build/$preset -N lists them"
labelled() { sed -n "s/^$1=//p" <<<"$labels"; }
mapfile -t groups < <(labelled need)
mapfile -t targets < <(labelled build)
mapfile -t sanitized < <(labelled sanitize)

# What only the tests' run needs is installed during the build.
fetch() {
  local group
  "$root/scripts/install-deps.sh" "${groups[@]}" || return
  for group in "${groups[@]}"; do
    [[ ! -x $root/scripts/prepare-$group.sh ]] ||
      "$root/scripts/prepare-$group.sh" >/dev/null || return
  done
}
if ((${#sanitized[@]} > 0)); then
  stage "packages of the sanitizers" "$root/scripts/install-deps.sh" sanitize
fi
fetching=
if ((${#groups[@]} > 0)); then
  fetch &
  fetching=$!
  # However this ends, it waits for apt, which must not be interrupted.
  trap wait EXIT
fi
if ((${#targets[@]} > 0)); then
  stage "build" build "$preset" "${targets[@]}"
fi
if ((${#sanitized[@]} > 0)); then
  stage "configure with sanitizers" configure asan-ubsan
  stage "build with sanitizers" build asan-ubsan "${sanitized[@]}"
fi

if [[ -n $fetching ]]; then
  stage "packages of the tests" wait "$fetching"
fi

log=$tree/ctest.log
# Databases of the tests stand in memory where there is room: their commits wait for no disk,
# which takes a third off the time of those that commit most. What a test kills is a process.
if [[ -z ${TMPDIR:-} && -w /dev/shm ]] &&
  (($(df --output=avail -B1M /dev/shm | tail -n 1) > 4096)); then
  export TMPDIR=/dev/shm
fi
run_tests() {
  ctest --test-dir "$tree" --parallel "$(nproc)" --output-on-failure --no-tests=error \
    "${options[@]}" | tee "$log" || return
  # ctest lets a skipped test pass; here it is a failure.
  if grep -E '\*\*\*(Skipped|Not Run)' "$log" >&2; then
    say "skipped tests count as failures"
    return 1
  fi
}
say "tests"
code=0
begin=$SECONDS
rm -f "$tree"/tests/*.violated-seeds
run_tests || code=$?
spent+=("tests $((SECONDS - begin)) s")
# They fail no test, for they may have nothing to do with the change (seed_driver.hpp).
find "$tree/tests" -maxdepth 1 -name '*.violated-seeds' | while IFS= read -r file; do
  say "fresh seeds of a simulation violated an invariant (kept in ${file#"$root/"}):"
  cat "$file" >&2
done
tell_time_spent
grep -E '^[0-9]+% tests passed' "$log" || true
exit "$code"
