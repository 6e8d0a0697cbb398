#!/usr/bin/env bash
# Fetches the packages that drive a browser (tests/browser/package-lock.json) into
# build/browser, for scripts/test.sh and scripts/pictures.sh; does nothing if they are there.
# Prints that folder.
#   scripts/prepare-browser.sh      Needs the packages of `scripts/install-deps.sh browser`.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

home=$root/build/browser
mkdir -p "$home"
stamp=$(sha256sum <"$root/tests/browser/package-lock.json")
unless_made "$home" "$stamp"
say "fetching the packages of tests/browser"
cp "$root"/tests/browser/package{,-lock}.json "$home/"
(cd "$home" && npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier \
  --cache "$home/cache") >&2
printf '%s\n' "$stamp" >"$home/stamp"
printf '%s\n' "$home"
