#!/usr/bin/env bash
# Installs what is missing, builds the release and runs it in the current folder.
#   scripts/run.sh [options of tinybook]      --help is the server's: built first
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

stage "packages" "$root/scripts/install-deps.sh" build
stage "configure" configure release
stage "build" build release tinybook
tell_time_spent
exec "$root/build/release/tinybook" "$@"
