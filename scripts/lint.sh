#!/usr/bin/env bash
# Checks the sources: layout (clang-format, every file), bugs (clang-tidy, the C++ files of the
# last 20 commits and those that are not committed), scripts (shellcheck).
#   scripts/lint.sh [format] [tidy] [shell] [alone] [--all] [--fix]     default: the first three
# alone   does each C++ file compile without the precompiled headers, one file a unit?
# --all   tidy and alone look at every file; also with TINYBOOK_TEST_ALL=1
# --fix   format: lay the files out instead of complaining
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

cd "$root"
"$root/scripts/install-deps.sh" build test lint

# tracked PATTERN...: files of the tree that match, new ones too.
tracked() {
  git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
    [[ ! -e $file ]] || printf '%s\n' "$file"
  done
}

# The .cpp files to be looked at closely.
units() {
  if [[ $all == yes ]]; then
    tracked '*.cpp'
  else
    {
      git log -20 --format= --name-only -- '*.cpp'
      git status --porcelain --untracked-files=all -- '*.cpp' | cut -c 4-
    } | sort -u | while read -r file; do
      [[ ! -e $file ]] || printf '%s\n' "$file"
    done
  fi
}

format() {
  local how=(--dry-run --Werror)
  [[ $fix == no ]] || how=(-i)
  tracked '*.cpp' '*.hpp' | xargs clang-format "${how[@]}"
}

shell() {
  tracked '*.sh' .ci/run | xargs shellcheck --external-sources
}

# compile_commands FILE...: of each its path, its target and its compile command without
# the output, parted by tabs.
compile_commands() {
  configure lint
  sed -n 's/^  "command": "\(.*\)",\{0,1\}$/\1/p; s/^  "file": "\(.*\)",\{0,1\}$/\1/p' \
    build/lint/compile_commands.json | sed 's/\\\(.\)/\1/g' | paste - - |
    awk -F '\t' -v wanted="$(printf "$root/%s\n" "$@")" '
      BEGIN { n = split(wanted, files, "\n"); for (i = 1; i <= n; ++i) chosen[files[i]] = 1 }
      ($2 in chosen) && !seen[$2]++ && match($1, / -o [^ ]+\.dir\//) {
        print $2 "\t" substr($1, RSTART + 4, RLENGTH - 4) "\t" substr($1, 1, RSTART - 1)
      }'
}

# Reading the headers takes clang-tidy longer than looking at a file. So the files of one
# target are looked at together, some at a time; what is wrong is told where it stands.
tidy() {
  local work=$root/build/lint/batches files
  mapfile -t files < <(units)
  ((${#files[@]} > 0)) || return 0
  say "clang-tidy: ${#files[@]} files"
  rm -rf "$work"
  mkdir -p "$work"
  compile_commands "${files[@]}" | awk -F '\t' -v work="$work" '
    BEGIN { database = work "/compile_commands.json"; printf "[" >database }
    {
      if (count[$2]++ % 60 == 0) {
        batch[$2] = work "/" ++batches ".cpp"
        gsub(/["\\]/, "\\\\&", $3)
        printf "%s{\"directory\":\"%s\",\"file\":\"%s\",\"command\":\"%s -c %s\"}",
          batches == 1 ? "" : ",", work, batch[$2], $3, batch[$2] >database
      }
      printf "#include \"%s\" // NOLINT(bugprone-suspicious-include)\n", $1 >batch[$2]
    }
    END { print "]" >database }'
  find "$work" -name '*.cpp' -print0 |
    xargs -0 -n 1 -P "${LINT_JOBS:-$(nproc)}" clang-tidy-19 -p "$work" --quiet
}

alone() {
  local files
  mapfile -t files < <(units)
  ((${#files[@]} > 0)) || return 0
  compile_commands "${files[@]}" | awk -F '\t' '{ print $3 " -fsyntax-only " $1 }' |
    xargs -d '\n' -n 1 -P "${LINT_JOBS:-$(nproc)}" bash -c
}

for check in "${checks[@]}"; do
  stage "$check" "$check"
done
