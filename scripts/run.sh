#!/usr/bin/env bash
# Installs what is missing, builds the release and runs it in the current folder.
#   scripts/run.sh [options of tinybook]      scripts/run.sh -- --help lists them
# The first build takes three to ten minutes, later ones seconds. Then the API is on
# http://localhost:8081, the actors' status on
# http://localhost:8082/admin/actors?view=summary, the data in ./data; SMS with their codes
# are printed here. Ctrl-C stops it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"
[[ ${1:-} != -- ]] || shift

[[ -x $root/build/release/tinybook ]] ||
  say "the first build takes three to ten minutes, later ones seconds"
stage "packages" "$root/scripts/install-deps.sh" build
stage "configure" configure release
stage "build" build release tinybook
tell_time_spent
say "behind \"ready\": scripts/demo.sh http://localhost:8081 in another terminal, or README.md, First use"
exec "$root/build/release/tinybook" "$@"
