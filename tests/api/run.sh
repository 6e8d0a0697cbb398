#!/usr/bin/env bash
# Holds the description of the API to the server, and clients to the description.
#   tests/api/run.sh CHECK BINARY
# lint         Redocly's rules: no finding
# types        openapi-typescript's types and the wrapper of docs/clients.md, compiled and run
# generator    openapi-generator's client for Python, made and run
# conformance  schemathesis against every operation, with data in the server
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
help_asked "${1:-}"

check=$1 binary=$2
tools=$("$root/scripts/prepare-api.sh")
# Below the tools, so that node finds its packages.
work=$(mktemp -d "$tools/run.XXXXXX")
server=
cleanup() {
  if [[ -n $server ]]; then
    kill "$server" 2>/dev/null || true
    wait "$server" || true
  fi
  rm -rf "$work"
}
trap cleanup EXIT

# Limits against guessing and flooding are no part of what is described.
settings=(storage.path="$work/data" http.port=0 admin.port=0 passwords.argon2_passes=1
  passwords.argon2_memory=1MiB login.failures_per_account=0 login.failures_per_device=0
  login.failures_per_address=0 login.signups_per_address=0 codes.sends_per_address_hour=0
  codes.sends_per_address_day=0 codes.sends_per_hour=0 codes.sends_per_day=0
  login.attempts_per_address=0 articles.saves_per_hour=0 articles.saves_per_day=0
  articles.likes_per_minute=0 codes.others_daily_tries=100)
export TINYBOOK_CODES_TEST_NUMBERS=+8613800138000=123456

# start: sets `api` to the address of a new server.
start() {
  local port=
  : >"$work/log"
  "$binary" "${settings[@]/#/--set=}" >"$work/out" 2>"$work/log" &
  server=$!
  for ((i = 0; i < 300; ++i)); do
    port=$(sed -n 's/.*listener=public.* port=\([0-9]*\).*/\1/p' "$work/log")
    if [[ -n $port ]] && grep -q ' ready ' "$work/log"; then
      api=http://127.0.0.1:$port
      curl -sf "$api/openapi.json" >"$work/openapi.json"
      return
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/log" >&2
  fail "the server did not start"
}

lint() {
  cp "$root/tests/api/lint.mjs" "$work/"
  node "$work/lint.mjs" "$work/openapi.json"
}

types() {
  "$tools/node_modules/.bin/openapi-typescript" "$work/openapi.json" -o "$work/api.d.ts"
  # shellcheck disable=SC2016
  sed -n '/^```ts$/,/^```$/{/^```/d;p}' "$root/docs/clients.md" >"$work/wrapper.ts"
  cp "$root/tests/api/wrapper_test.ts" "$work/"
  printf '{"type":"module"}' >"$work/package.json"
  "$tools/node_modules/.bin/tsc" --strict --target es2022 --module esnext --moduleResolution bundler --types node \
    --typeRoots "$tools/node_modules/@types" "$work/wrapper_test.ts"
  node "$work/wrapper_test.js" "$api"
}

generator() {
  java -jar "$tools/openapi-generator-cli.jar" generate -g python -i "$work/openapi.json" \
    -o "$work/client" >"$work/generator.log" 2>&1 || {
    cat "$work/generator.log" >&2
    return 1
  }
  PYTHONPATH=$work/client "$tools/python/bin/python" -W error \
    "$root/tests/api/generated_client.py" "$api"
}

post() {
  curl -sf "$api$1" -H 'Content-Type: application/json' "${@:3}" -d "$2"
}

# What the examples of the document refer to.
seed() {
  local ann='"email":"ann@example.org","password":"correct horse"' token
  post /users/signup "{$ann,\"confirmPassword\":\"correct horse\"}"
  token=$(post /users/login "{$ann}" -D - -o /dev/null | tr -d '\r' |
    sed -n 's/^X-Jwt-Token: //p')
  for i in 1 2 3; do
    post /articles/publish "{\"title\":\"Title $i\",\"content\":\"<p>$i</p>\"}" \
      -H "Authorization: Bearer $token"
    post /articles/like "{\"id\":$i,\"like\":true}" -H "Authorization: Bearer $token"
  done
}

conformance() {
  seed >/dev/null
  local checks=not_a_server_error,status_code_conformance,content_type_conformance
  checks+=,response_headers_conformance,response_schema_conformance,ignored_auth
  checks+=,unsupported_method,missing_required_header
  cd "$work" # It keeps what it has found where it is run.
  TINYBOOK_ADDRESS=$api NEVER_SUCCEEDED=$work/never SCHEMATHESIS_HOOKS=hooks \
    PYTHONPATH=$root/tests/api PYTHONDONTWRITEBYTECODE=1 \
    "$tools/python/bin/st" run "$api/openapi.json" --checks "$checks" \
    --phases examples,coverage,fuzzing --max-examples 40 --seed 1 --no-shrink \
    --continue-on-failure --warnings off
  # Delivery reports have to be signed.
  if grep -vE '^take(Signed)?Report$' "$work/never"; then
    fail "these operations never succeeded"
  fi
}

declare -F "$check" >/dev/null || fail "unknown check \"$check\"; --help lists them"
api=
start
"$check"
