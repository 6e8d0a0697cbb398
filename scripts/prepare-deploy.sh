#!/usr/bin/env bash
# Fetches what checks deploy/, at pinned versions: hadolint and kubernetes-validate. Once for
# each version, into build/deploy-tools; prints that folder.
#   scripts/prepare-deploy.sh       Needs the packages of `scripts/install-deps.sh deploy`.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

home=$root/build/deploy-tools
mkdir -p "$root/build"
# A virtual environment works only where it was made.
stamp="$root $(cat "$root/tests/deploy/requirements.txt" "$0" | sha256sum)"
unless_made "$home" "$stamp"
say "fetching hadolint and kubernetes-validate"
python3 -m venv --clear "$home"
"$home/bin/pip" install -q --disable-pip-version-check --require-hashes --only-binary :all: \
  -r "$root/tests/deploy/requirements.txt" >&2
printf '%s\n' "$stamp" >"$home/stamp"
printf '%s\n' "$home"
