#!/usr/bin/env bash
# Runs the release before and this version side by side: two replicas over real servers, under
# load, are replaced one by one, and put back one by one. Builds both; takes about four minutes.
#   scripts/upgrade.sh [COMMIT]     default: the last release, by its tag
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

cd "$root"
previous=${1:-$(git describe --tags --match 'v[0-9]*' --abbrev=0 HEAD^ 2>/dev/null || true)}
[[ -n $previous ]] || fail "no tag of a release is here: git fetch --tags, or name a commit"
commit=$(git rev-parse --verify --quiet "$previous^{commit}") ||
  fail "there is no commit \"$previous\" here: a whole clone is needed"

stage "packages" "$root/scripts/install-deps.sh" build test redis postgres kafka
"$root/scripts/prepare-kafka.sh" >/dev/null
# A clone of its own, so that nothing of this tree is touched; it is kept for the next time.
clone=$root/build/previous
get_previous() {
  [[ -d $clone/.git ]] || git clone --quiet --no-checkout "$root" "$clone"
  git -C "$clone" fetch --quiet "$root" "$commit"
  git -C "$clone" checkout --quiet --detach "$commit"
}
stage "the sources of $previous" get_previous
build_previous() {
  (cd "$clone" && cmake --preset release >build.log 2>&1 &&
    cmake --build build/release --parallel "$(nproc)" --target tinybook >>build.log 2>&1) ||
    { tail -n 20 "$clone/build.log" >&2 && return 1; }
}
stage "build of $previous" build_previous
stage "configure" configure whole
stage "build" build whole test_cluster
tell_time_spent
PREVIOUS_BINARY=$clone/build/release/tinybook \
  exec "$root/build/whole/tests/test_cluster" --no-skip --test-case='*the release before*'
