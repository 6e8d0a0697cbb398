#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test; the last line is ctest's summary.
#   scripts/test.sh [--filter REGEX] [--quick] [--preset NAME] [options of ctest]
# --filter   only the tests whose name matches, such as storage or 'asan\..*'
# --quick    without the sanitizer build and its asan.* tests
# --preset   another preset than dev, without the asan.* tests
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=dev
sanitize=yes
options=()
while (($# > 0)); do
  case $1 in
  --filter)
    (($# > 1)) || fail "--filter needs a regular expression"
    options+=(--tests-regex "$2")
    shift
    ;;
  --filter=*) options+=(--tests-regex "${1#*=}") ;;
  --quick) sanitize=no ;;
  --preset)
    (($# > 1)) || fail "--preset needs a name"
    preset=$2
    shift
    ;;
  --preset=*) preset=${1#*=} ;;
  -h | --help)
    sed -n '2,/^source/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *) options+=("$1") ;;
  esac
  shift
done
[[ $preset == dev ]] || sanitize=no

# The tests of both builds are entries of one list, so that one ctest run tells the whole.
sanitized=
[[ $sanitize == no ]] || sanitized=$root/build/asan-ubsan

begin=$SECONDS
stage "packages" "$root/scripts/install-deps.sh" build test
stage "Kafka for tests" "$root/scripts/prepare-kafka.sh" >&2
stage "configure $preset" configure "$preset" -DTINYBOOK_TESTS=ON \
  -DTINYBOOK_ASAN_BUILD_DIR="$sanitized"
stage "build $preset" build "$preset"
if [[ $sanitize == yes ]]; then
  stage "configure asan-ubsan" configure asan-ubsan
  # What the asan.* entries run, no more.
  stage "build asan-ubsan" build asan-ubsan test_config test_storage test_actors test_http \
    test_blackbox
fi

log=$root/build/$preset/ctest.log
say "tests"
code=0
ctest --test-dir "$root/build/$preset" -j2 --output-on-failure --no-tests=error \
  "${options[@]}" | tee "$log" || code=$?

# ctest lets a skipped test pass; here it is a failure.
if grep -Eq '\*\*\*(Skipped|Not Run)' "$log"; then
  say "skipped tests count as failures:"
  grep -E '\*\*\*(Skipped|Not Run)' "$log" >&2
  code=1
fi
say "all: $((SECONDS - begin)) s"
grep -E '^[0-9]+% tests passed' "$log" || true
exit "$code"
