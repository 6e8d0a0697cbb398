#!/usr/bin/env bash
# Walks through the main features of a running server and prints each step.
#   scripts/demo.sh              starts a server of its own on free ports, with a fresh folder;
#                                takes a minute, and the first time that of the build before
#   scripts/demo.sh http://127.0.0.1:8081 [http://127.0.0.1:8082]
#                                uses a running server; the SMS code is then asked for here,
#                                for it is printed where that server runs
#   scripts/demo.sh failover     three SMS providers, one of which breaks; see its --help
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in
failover)
  shift
  exec "$root/scripts/demo-failover.sh" "$@"
  ;;
esac
help_asked "${1:-}"

work=$(mktemp -d)
pid=
cleanup() {
  [[ -z $pid ]] || { kill "$pid" && wait "$pid" || true; }
  rm -rf "$work"
}
trap cleanup EXIT

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# call METHOD PATH [BODY] [TOKEN]: prints the call and its answer; the body is in $answer,
# the headers in $work/head.
call() {
  local method=$1 path=$2 body=${3:-} token=${4:-} options=()
  [[ -z $body ]] || options+=(-H 'Content-Type: application/json' -d "$body")
  [[ -z $token ]] || options+=(-H "Authorization: Bearer $token")
  printf '  %s %s %s\n' "$method" "$path" "$(sed 's/"password":"[^"]*"/"password":"…"/;s/"confirmPassword":"[^"]*"/"confirmPassword":"…"/' <<<"$body")"
  answer=$(curl -sS -D "$work/head" -b "$work/jar" -c "$work/jar" -X "$method" "${options[@]}" "$base$path")
  printf '  → %s %s\n' "$(awk 'NR==1{print $2}' "$work/head")" "${answer:0:300}"
}
token() { awk 'tolower($1)=="x-jwt-token:"{print $2}' "$work/head" | tr -d '\r'; }
data_id() { sed -n 's/.*"data":\([0-9]*\).*/\1/p' <<<"$answer"; }

if [[ $# -gt 0 ]]; then
  base=$1
  admin=${2:-http://127.0.0.1:8082}
else
  [[ -x $root/build/release/tinybook ]] ||
    say "the first build takes three to ten minutes; then the demo takes a minute"
  "$root/scripts/install-deps.sh" build demo
  configure release
  build release tinybook
  "$root/build/release/tinybook" --set storage.path="$work/data" --set http.port=0 \
    --set admin.port=0 >"$work/out" 2>"$work/log" &
  pid=$!
  for _ in $(seq 300); do
    ! grep -q ' ready ' "$work/log" || break
    kill -0 "$pid" 2>/dev/null || fail "the server did not start: $(cat "$work/log")"
    sleep 0.1
  done
  base=http://127.0.0.1:$(sed -n 's/.*listener=public.* port=\([0-9]*\).*/\1/p' "$work/log")
  admin=http://127.0.0.1:$(sed -n 's/.*listener=admin.* port=\([0-9]*\).*/\1/p' "$work/log")
fi
run=$(date +%s)
email=ann$run@example.org

step "1. Ann signs up, logs in and fills in her profile"
call POST /users/signup "{\"email\":\"$email\",\"password\":\"correct horse\",\"confirmPassword\":\"correct horse\"}"
call POST /users/login "{\"email\":\"$email\",\"password\":\"correct horse\"}"
ann=$(token)
call POST /users/edit '{"nickname":"Ann","birthday":"1990-02-28","aboutMe":"writes"}' "$ann"
call GET /users/profile '' "$ann"

step "2. Bo logs in with a code by SMS (no account needed)"
phone=138$(printf '%08d' "$((run % 100000000))")
call POST /users/login_sms/code/send "{\"phone\":\"$phone\"}"
if [[ -n $pid ]]; then
  code=
  for _ in $(seq 100); do
    code=$(sed -n "s/^SMS to +86$phone: [^0-9]*\([0-9]\{6\}\).*/\1/p" "$work/out" | tail -n 1)
    [[ -z $code ]] || break
    sleep 0.1
  done
  printf '  the console provider printed: %s\n' "$(tail -n 1 "$work/out")"
else
  read -rp "  code that the server printed for +86$phone: " code
fi
call POST /users/login_sms "{\"phone\":\"$phone\",\"code\":\"$code\"}"
bo=$(token)

step "3. Ann publishes two articles, Bo likes one"
call POST /articles/publish '{"title":"First light","content":"<p>Hello <b>world</b></p>"}' "$ann"
first=$(data_id)
call POST /articles/publish '{"title":"Second thoughts","content":"<p>Again</p>"}' "$ann"
call POST /articles/like "{\"id\":$first,\"like\":true}" "$bo"
call GET "/articles/pub/$first" '' "$bo"

step "4. The ranking shows it within its refresh period of a second"
for _ in $(seq 50); do
  curl -sS "$base/articles/rank/10" | grep -q "\"id\":$first" && break
  sleep 0.1
done
call GET /articles/rank/10

step "5. A look inside, at the admin listener"
base=$admin
call GET /admin/actors/ranking
call GET /admin/actors/sms-failover
printf '\nDone: sign-up, profile, SMS code, articles, like, ranking, actors.\n'
