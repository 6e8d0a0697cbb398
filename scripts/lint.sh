#!/usr/bin/env bash
# Checks the sources: layout (clang-format, every file), bugs (clang-tidy, the C++ files of the
# last 20 commits and what is not committed), scripts (shellcheck, every one).
#   scripts/lint.sh [format] [tidy] [shell] [alone] [--all] [--fix]     default: the first three
# alone   does each C++ file compile without the precompiled headers, one file a unit?
# --all   tidy and alone look at every file; also with TINYBOOK_TEST_ALL=1
# --fix   format: change the files instead of complaining
# LINT_JOBS in the environment: uses that many processors instead of all.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

all=no
[[ ${TINYBOOK_TEST_ALL:-} != 1 ]] || all=yes
fix=no
checks=()
for word in "$@"; do
  case $word in
  --all) all=yes ;;
  --fix) fix=yes ;;
  format | tidy | shell | alone) checks+=("$word") ;;
  *) fail "unknown word \"$word\"; --help lists them" ;;
  esac
done
((${#checks[@]} > 0)) || checks=(format tidy shell)
jobs=${LINT_JOBS:-$(nproc)}

cd "$root"
"$root/scripts/install-deps.sh" build test lint
git rev-parse --git-dir >/dev/null || fail "only a git checkout tells which files are ours"

# Those names on standard input that are files: deleted ones are not.
existing() {
  local file
  while IFS= read -r file; do
    [[ ! -f $file ]] || printf '%s\n' "$file"
  done
}

# ours PATTERN...: files of the tree that match, new ones too.
ours() {
  git ls-files --cached --others --exclude-standard -- "$@" | existing
}

# What the last 20 commits changed, and what is not committed. The first commit of a shallow
# clone does not count, for its changes are unknown.
lately_changed() {
  {
    git log -20 --format=%H | git diff-tree --stdin --no-commit-id --name-only -r
    git diff --name-only HEAD
    git ls-files --others --exclude-standard
  } | sort -u | existing
}

# The .cpp files to be checked; for a header one file that includes it.
units() {
  local file
  if [[ $all == yes ]]; then
    ours '*.cpp'
    return
  fi
  lately_changed | while IFS= read -r file; do
    case $file in
    *.cpp) printf '%s\n' "$file" ;;
    # That no file includes it is no failure. (head instead of sed would end git early.)
    *.hpp) git grep -lF "\"$file\"" -- '*.cpp' | sed -n 1p || true ;;
    esac
  done | sort -u
}

# One fixed version of clang-tidy, for each finds something else. It skips system headers,
# unlike the distribution's 19, which takes more than twice as long. Installed once for each
# machine, outside of the source tree.
clang_tidy=${XDG_CACHE_HOME:-$HOME/.cache}/tinybook/clang-tidy-23.1.4
install_clang_tidy() {
  mkdir -p "$(dirname "$clang_tidy")" || return
  exec 9>"$clang_tidy.lock" || return
  flock 9 || return
  if [[ ! -e $clang_tidy/complete ]]; then
    say "fetching clang-tidy ${clang_tidy##*-}"
    python3 -m venv --clear "$clang_tidy" || return
    "$clang_tidy/bin/pip" install -q --disable-pip-version-check --only-binary :all: \
      "clang-tidy==${clang_tidy##*-}" || return
    touch "$clang_tidy/complete"
  fi
  exec 9>&-
}

format() {
  local how=(--dry-run --Werror)
  [[ $fix == no ]] || how=(-i)
  ours '*.cpp' '*.hpp' | xargs -r -d '\n' clang-format "${how[@]}"
}

shell() {
  ours '*.sh' .ci/run | xargs -r -d '\n' shellcheck
}

# commands_of_units FILE: writes one line for each unit, separated by tabs: its path, its target,
# its compile command without the files.
commands_of_units() {
  local chosen missing
  configure lint || return
  chosen=$(units) || return
  sed -n 's/^  "command": "\(.*\)",\{0,1\}$/\1/p; s/^  "file": "\(.*\)",\{0,1\}$/\1/p' \
    build/lint/compile_commands.json | sed 's/\\\(.\)/\1/g' | paste - - |
    awk -F '\t' -v root="$root/" -v chosen="$chosen" '
      BEGIN { n = split(chosen, files, "\n"); for (i = 1; i <= n; ++i) wanted[root files[i]] = 1 }
      ($2 in wanted) && !seen[$2]++ && match($1, / -o [^ ]+\.dir\//) {
        print $2 "\t" substr($1, RSTART + 4, RLENGTH - 4) "\t" substr($1, 1, RSTART - 1)
      }' >"$1" || return
  missing=$(comm -23 <(sed '/^$/d' <<<"$chosen" | sed "s|^|$root/|" | sort) \
    <(cut -f 1 "$1" | sort))
  if [[ -n $missing ]]; then
    say "in no target of the build: $missing"
    return 1
  fi
  say "$(wc -l <"$1") files"
}

# Headers take clang-tidy longer than the file that includes them. So the files of one target
# are checked together; findings are still reported at their own place.
tidy() {
  local work=$root/build/lint/batches
  rm -rf "$work"
  mkdir -p "$work" || return
  install_clang_tidy || return
  commands_of_units "$work/units" || return
  awk -F '\t' -v work="$work" '
    BEGIN { database = work "/compile_commands.json"; printf "[" >database }
    {
      if (count[$2]++ % 60 == 0) {
        batch[$2] = work "/" ++batches ".cpp"
        gsub(/["\\]/, "\\\\&", $3)
        printf "%s{\"directory\":\"%s\",\"file\":\"%s\",\"command\":\"%s -c \\\"%s\\\"\"}",
          batches == 1 ? "" : ",", work, batch[$2], $3, batch[$2] >database
      }
      printf "#include \"%s\" // NOLINT(bugprone-suspicious-include)\n", $1 >batch[$2]
    }
    END { print "]" >database }' "$work/units" || return
  # The largest first.
  find "$work" -name '*.cpp' -printf '%s %p\0' | sort -z -rn | cut -z -d ' ' -f 2- |
    xargs -r -0 -n 1 -P "$jobs" "$clang_tidy/bin/clang-tidy" -p "$work" --quiet
}

alone() {
  local list=$root/build/lint/alone
  mkdir -p "$root/build/lint"
  commands_of_units "$list" || return
  awk -F '\t' '{ print $3 " -fsyntax-only \"" $1 "\"" }' "$list" |
    xargs -r -d '\n' -n 1 -P "$jobs" bash -c
}

for check in "${checks[@]}"; do
  stage "$check" "$check"
done
