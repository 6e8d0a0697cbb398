# shellcheck shell=bash
# What the scripts share; sourced, never run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Progress goes to standard error: standard output belongs to what a script runs.
say() {
  printf '== %s\n' "$*" >&2
}

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# stage NAME COMMAND...: runs the command and tells how long it took.
stage() {
  local name=$1 begin=$SECONDS code=0
  shift
  say "$name"
  "$@" || code=$?
  if ((code != 0)); then
    say "$name failed after $((SECONDS - begin)) s"
    exit "$code"
  fi
  say "$name: $((SECONDS - begin)) s"
}

# On a terminal ninja rewrites one line. Elsewhere each step is a line of its own: every 25th
# is enough to see it move. Whatever is no step, such as an error, passes.
thin_out() {
  awk '!/^\[[0-9]+\/[0-9]+\]/ || steps++ % 25 == 0 { print; fflush() }' >&2
}

# configure PRESET [CMAKE-OPTION...]: quiet unless it fails.
configure() {
  local preset=$1 log
  shift
  mkdir -p "$root/build"
  log=$root/build/$preset.configure.log
  if ! (cd "$root" && cmake --preset "$preset" "$@") >"$log" 2>&1; then
    cat "$log" >&2
    return 1
  fi
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  local command=(cmake --build "$root/build/$preset" --parallel "$(nproc)")
  (($# == 0)) || command+=(--target "$@")
  if [[ -t 2 && ${CI:-} != true ]]; then
    "${command[@]}" >&2
  else
    "${command[@]}" | thin_out
  fi
}
