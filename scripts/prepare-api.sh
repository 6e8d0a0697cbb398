#!/usr/bin/env bash
# Fetches what tests/api/ runs, each at a pinned version: schemathesis, Redocly's rules,
# openapi-typescript, openapi-generator. Once for each version, into build/api-tools; prints
# that folder.
#   scripts/prepare-api.sh          Needs the packages of `scripts/install-deps.sh api`.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

recipe=$root/tests/api
home=$root/build/api-tools
mkdir -p "$root/build"
# A virtual environment works only where it was made.
stamp="$root $(cat "$recipe"/{requirements.txt,package-lock.json,pom.xml} "$0" | sha256sum)"
unless_made "$home" "$stamp"
rm -rf "$home"
mkdir "$home"
say "fetching schemathesis"
python3 -m venv "$home/python"
"$home/python/bin/pip" install -q --disable-pip-version-check --require-hashes \
  --only-binary :all: -r "$recipe/requirements.txt" >&2
say "fetching what lints and makes types"
cp "$recipe"/package{,-lock}.json "$home/"
(cd "$home" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >&2)
say "fetching openapi-generator"
mvn -q -B -f "$recipe/pom.xml" dependency:copy-dependencies -DexcludeTransitive=true \
  -Dmdep.stripVersion=true -DoutputDirectory="$home" >&2

printf '%s\n' "$stamp" >"$home/stamp"
printf '%s\n' "$home"
