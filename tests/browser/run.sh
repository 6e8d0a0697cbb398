#!/usr/bin/env bash
# Runs a part of the tests in a browser; a picture of each page that fails is left in
# build/browser/failures.
#   tests/browser/run.sh PART BINARY [OPTION OF NODE...]      PART: accounts, …
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
help_asked "${1:-}"
(($# >= 2)) || fail "a part and the server's binary are needed; --help tells more"

part=$1
export SERVER_BINARY=$2 BROWSER_PACKAGES FAILURE_PICTURES=$root/build/browser/failures
BROWSER_PACKAGES=$("$root/scripts/prepare-browser.sh")
exec node --test --test-reporter=spec "${@:3}" "$root/tests/browser/$part.test.js"
