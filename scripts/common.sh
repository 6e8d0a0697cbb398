# shellcheck shell=bash
# What the scripts share; sourced, never run.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

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

# copy_sources FOLDER: what git keeps, and what is new.
copy_sources() {
  mkdir -p "$1"
  git -C "$root" ls-files -z --cached --others --exclude-standard |
    tar -C "$root" --null --ignore-failed-read -cf - -T - | tar -C "$1" -xf -
}

project_version() {
  sed -n 's/^project(tinybook VERSION \([0-9.]*\) .*/\1/p' "$root/CMakeLists.txt"
}

# changelog_section NAME: the text of a section of CHANGELOG.md, less its heading.
changelog_section() {
  awk -v name="$1" '/^## / { found = $2 == name; next } found && (NF || text) { print; text = 1 }' \
    "$root/CHANGELOG.md"
}

# unless_made FOLDER STAMP: prints the folder and ends where FOLDER/stamp says the same. Else this
# script makes it alone: two runs at once must not disturb each other.
unless_made() {
  exec 9>"$1.lock"
  flock 9
  if [[ $(cat "$1/stamp" 2>/dev/null) == "$2" ]]; then
    printf '%s\n' "$1"
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
  spent+=("$name $((SECONDS - begin)) s")
  if ((code != 0)); then
    say "$name failed after $((SECONDS - begin)) s"
    tell_time_spent
    exit "$code"
  fi
  say "$name: $((SECONDS - begin)) s"
}

# Where the time of all stages went, on one line.
tell_time_spent() {
  local list
  list=$(printf ', %s' "${spent[@]}")
  say "time: ${list:2}; together $SECONDS s"
}

# On a terminal ninja rewrites one line. Elsewhere each step is a line of its own: one for
# every 5 % is enough to see progress. Other lines, such as errors, are all printed.
# (Not by awk: Debian's reads a full buffer before it handles the first line.)
thin_out() {
  local line next=0
  while IFS= read -r line; do
    if [[ $line =~ ^\[\ *([0-9]+)% ]]; then
      ((BASH_REMATCH[1] >= next)) || continue
      next=$((BASH_REMATCH[1] + 5))
    fi
    printf '%s\n' "$line" >&2
  done
}

# usable_tree PRESET: removes a build tree that cannot be used here: one that was made for
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

# Processor time of one build step, in tenths of a second, as measured.
declare -A step_cost=([release]=95 [whole]=65 [asan-ubsan]=80 [dev]=28)

# tell_expected PRESET TARGET...: prints about how long a first build takes.
tell_expected() {
  local preset=$1 steps
  shift
  [[ ! -e $root/build/$preset/.ninja_log ]] || return 0
  steps=$(ninja -C "$root/build/$preset" -t commands "$@" | wc -l)
  say "a first build: $steps steps, about" \
    "$((steps * ${step_cost[$preset]} / 10 / $(nproc))) s on $(nproc) idle processors"
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
