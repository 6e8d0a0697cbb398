#!/usr/bin/env bash
# Installs what is missing, builds the release and runs it in the current folder.
#   scripts/run.sh [options of tinybook]      scripts/run.sh --help
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

stage "packages" "$root/scripts/install-deps.sh" build
[[ -e $root/build/release/build.ninja ]] || stage "configure" configure release
stage "build" build release tinybook
exec "$root/build/release/tinybook" "$@"
