#!/usr/bin/env bash
# Cuts a release: CMakeLists.txt gets its version, what is unreleased in CHANGELOG.md becomes its
# section, both are committed and tagged, and the package is built. Nothing is pushed.
#   scripts/release.sh [--dry-run] [--no-package] VERSION
# --dry-run     shows what would be changed, and changes nothing
# --no-package  leaves the package out
# Refused: a version that is not newer, changes that are not committed, a changelog without a line
# that begins with "Operators:" and says what they must do, or that there is nothing.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

version='' dry_run=no package=yes
for word in "$@"; do
  case $word in
  --dry-run) dry_run=yes ;;
  --no-package) package=no ;;
  -*) fail "unknown option \"$word\"; --help lists them" ;;
  *)
    [[ -z $version ]] || fail "one version, please"
    version=$word
    ;;
  esac
done
[[ $version =~ ^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}$ ]] ||
  fail "a version is three numbers, such as 0.2.0"

cd "$root"
current=$(project_version)
[[ $version != "$current" && $(printf '%s\n' "$current" "$version" | sort -V | tail -n 1) == "$version" ]] ||
  fail "$version is not newer than $current"
[[ -z $(git tag --list "v$version") ]] || fail "there is a tag v$version"
[[ -z $(git status --porcelain) ]] || fail "there are changes that are not committed"
text=$(changelog_section Unreleased)
[[ -n $text ]] || fail "CHANGELOG.md has nothing under \"## Unreleased\""
grep -q '^Operators: .' <<<"$text" ||
  fail "no line under \"## Unreleased\" begins with \"Operators:\" and says what they must do"

heading="## $version ($(date -u +%F))"
# changed FILE: what is to stand in it.
changed() {
  sed -e "s/^project(tinybook VERSION [0-9.]*/project(tinybook VERSION $version/" \
    -e "s/^## Unreleased\$/&\n\n$heading/" "$1"
}

files=(CMakeLists.txt CHANGELOG.md)
if [[ $dry_run == yes ]]; then
  for file in "${files[@]}"; do
    diff -u "$file" <(changed "$file") || true
  done
  say "then: a commit, the tag v$version$([[ $package == no ]] || echo ", and scripts/package.sh")"
  exit 0
fi
for file in "${files[@]}"; do
  text_now=$(changed "$file")
  printf '%s\n' "$text_now" >"$file"
done
if ! git commit --quiet --message "release: $version" -- "${files[@]}"; then
  git checkout --quiet HEAD -- "${files[@]}"
  fail "git could not commit; nothing is changed"
fi
printf 'tinybook %s\n\n%s\n' "$version" "$text" |
  git tag --annotate --cleanup=verbatim --file=- "v$version"
say "committed, and tagged v$version"
[[ $package == no ]] || scripts/package.sh
