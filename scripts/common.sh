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

# help_asked WORD: prints the comment at the head of the running script and ends, if WORD asks for it.
help_asked() {
  if [[ ${1:-} == -h || ${1:-} == --help ]]; then
    sed -n '2,/^source/{/^source/d;s/^# \{0,1\}//p}' "$0"
    exit 0
  fi
}

# stage NAME COMMAND...: runs the command and tells how long it took.
spent=()
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
  spent+=("$name $((SECONDS - begin)) s")
}

# Where the time of all stages went, on one line.
tell_time_spent() {
  local list
  list=$(printf ', %s' "${spent[@]}")
  say "time: ${list:2}; together $SECONDS s"
}

# On a terminal ninja rewrites one line. Elsewhere each step is a line of its own: one in
# each twentieth is enough to see it move. Whatever is no step, such as an error, passes.
thin_out() {
  awk 'match($0, /^\[ *[0-9]+%/) {
         share = substr($0, 2, RLENGTH - 2) + 0
         if (share < next_share) next
         next_share = share + 5
       }
       { print; fflush() }' >&2
}

# usable_tree PRESET: removes a build tree that cannot go on here: one that was made for
# another folder (a moved or copied clone) or by another compiler.
usable_tree() {
  local tree=$root/build/$1 cache=$root/build/$1/CMakeCache.txt
  [[ -e $cache ]] || return 0
  if ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache" ||
    ! grep -qxF "CMAKE_CACHEFILE_DIR:INTERNAL=$tree" "$cache"; then
    say "build/$1 was made for another folder: it is made anew"
    rm -rf "$tree"
  elif ! grep -qE '^CMAKE_CXX_COMPILER:[A-Z]+=.*clang\+\+-19$' "$cache"; then
    say "build/$1 was made by another compiler: it is made anew"
    rm -rf "$tree"
  fi
}

# configure PRESET [CMAKE-OPTION...]: quiet unless it fails.
configure() {
  local preset=$1 log
  shift
  usable_tree "$preset"
  mkdir -p "$root/build"
  log=$root/build/$preset.configure.log
  if ! (cd "$root" && cmake --preset "$preset" "$@") >"$log" 2>&1; then
    cat "$log" >&2
    return 1
  fi
}

# Of one step of a build, measured on two cores: processor time in tenths of a second.
declare -A step_cost=([release]=75 [whole]=60 [asan-ubsan]=60 [dev]=30)

# tell_expected PRESET TARGET...: how long a build will take, where it is worth telling.
tell_expected() {
  local preset=$1 steps seconds
  shift
  steps=$(ninja -n -C "$root/build/$preset" "$@" 2>/dev/null | grep -c '^\[' || true)
  seconds=$((steps * ${step_cost[$preset]:-30} / 10 / $(nproc)))
  ((seconds < 30)) || say "$steps steps, about $seconds s on $(nproc) idle cores"
}

# build PRESET TARGET...
build() {
  local preset=$1
  shift
  tell_expected "$preset" "$@"
  local command=(cmake --build "$root/build/$preset" --parallel "$(nproc)" --target "$@")
  if [[ -t 2 && ${CI:-} != true ]]; then
    NINJA_STATUS='[%p %f of %t] ' "${command[@]}" >&2
  else
    NINJA_STATUS='[%p %f of %t] ' "${command[@]}" | thin_out
  fi
}
