#!/usr/bin/env bash
# Pastes the shell blocks of the README's "First use", as they stand, in the current folder,
# against the server that runs on the ports of the README. What the README asks to be typed
# comes from standard input. Prints what came of it; fails where a line fails, where an
# answer is an error or where one that a reader looks for is missing.
#   readme_walk.sh README
set -euo pipefail

walk=$(mktemp)
trap 'rm -f "$walk" "$walk.out"' EXIT
awk '/^## /{here = $0 == "## First use"; next}
     here && /^```/{block = $0 == "```sh"; next}
     here && block' "$1" >"$walk"
code=0
bash -e "$walk" >"$walk.out" 2>&1 || code=$?
cat "$walk.out"
((code == 0)) || {
  echo "the walk ended with $code"
  exit 1
}
if grep -q '"error":' "$walk.out"; then
  echo "an answer is an error"
  exit 1
fi
for seen in '"userId":1' 'X-Jwt-Token: ' '"Nickname":"Ann"' '"likeCnt":1' '"title":"First light"' \
  sms-failover tinybook_http_requests_total; do
  grep -qF -- "$seen" "$walk.out" || {
    echo "no answer says $seen"
    exit 1
  }
done
