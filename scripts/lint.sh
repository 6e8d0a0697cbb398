#!/usr/bin/env bash
# Checks layout (clang-format) and looks for bugs (clang-tidy) in the C++ files that differ
# from origin/main, committed or not.
#   scripts/lint.sh [--all] [--fix] [--format-only]
# --all          every file
# --fix          lay the files out instead of complaining
# --format-only  without clang-tidy, which takes seconds a file
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

all=no
fix=no
tidy=yes
for option in "$@"; do
  case $option in
  --all) all=yes ;;
  --fix) fix=yes ;;
  --format-only) tidy=no ;;
  *) fail "unknown option \"$option\"; use --all, --fix or --format-only" ;;
  esac
done

cd "$root"
"$root/scripts/install-deps.sh" build test lint

changed_files() {
  local base
  if [[ $all == no ]] && base=$(git merge-base HEAD origin/main 2>/dev/null); then
    git diff --name-only --diff-filter=d "$base" -- '*.cpp' '*.hpp'
  else
    git ls-files -- '*.cpp' '*.hpp'
  fi
  git ls-files --others --exclude-standard -- '*.cpp' '*.hpp'
}

check_layout() {
  if [[ $fix == yes ]]; then
    clang-format -i "${files[@]}"
  else
    clang-format --dry-run --Werror "${files[@]}"
  fi
}

# The compile commands are g++'s: clang does not know all of its warnings.
look_for_bugs() {
  local units=()
  mapfile -t units < <(printf '%s\n' "${files[@]}" | grep '\.cpp$')
  ((${#units[@]} > 0)) || return 0
  printf '%s\0' "${units[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy -p build/dev --quiet \
      --extra-arg=-Wno-unknown-warning-option
}

mapfile -t files < <(changed_files | sort -u)
if ((${#files[@]} == 0)); then
  say "no C++ file differs from origin/main; --all looks at every one"
  exit 0
fi
stage "layout of ${#files[@]} files" check_layout
if [[ $tidy == yes ]]; then
  stage "configure dev" configure dev
  stage "clang-tidy" look_for_bugs
fi
