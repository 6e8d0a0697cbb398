#!/usr/bin/env bash
# Attacks a server of its own in ways that have brought down others, and prints with figures
# what it withstood. Takes about a minute after the build; needs bash and curl.
#   scripts/attack.sh [NAME...]      all of: log articles bodies
# log        nobody reads standard error: requests, health and the stop go on
# articles   one account sends 200 articles of tangled HTML: others save meanwhile
# bodies     400 connections keep bodies of 1.25 MiB open, first without a token, then with
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

"$root/scripts/install-deps.sh" build demo
configure release
build release tinybook

work=$(mktemp -d)
pid=
failed=0
cleanup() {
  [[ -z $pid ]] || kill -9 "$pid" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
trap '' PIPE # The server closes connections that it refuses.
ulimit -n 4096

port_in() {
  local rest=${1#* port=}
  printf '%s' "${rest%% *}"
}

# A server with a fresh folder; its log is what descriptor 8 reads.
start() {
  local line
  rm -rf "$work/data" "$work/log"
  mkfifo "$work/log"
  exec 8<>"$work/log"
  "$root/build/release/tinybook" --set storage.path="$work/data" --set http.port=0 \
    --set admin.port=0 --set login.signups_per_address=0 --set articles.saves_per_hour=0 \
    --set articles.saves_per_day=0 >"$work/out" 2>"$work/log" &
  pid=$!
  while IFS= read -r -t 30 -u 8 line; do
    case $line in
    *' listening listener=public '*) base=http://127.0.0.1:$(port_in "$line") ;;
    *' listening listener=admin '*) admin=http://127.0.0.1:$(port_in "$line") ;;
    *' ready '*) return ;;
    esac
  done
  fail "the server did not start"
}

read_log() { cat <&8 >/dev/null & reader=$!; }

stop() {
  kill "$pid"
  wait "$pid" || true
  pid=
  [[ -z ${reader:-} ]] || kill "$reader" 2>/dev/null || true
  reader=
  exec 8<&-
}

json=(-H 'Content-Type: application/json')

# account NAME: signs up and logs in; the token is in $token.
account() {
  local body="{\"email\":\"$1@example.org\",\"password\":\"correct horse\",\"confirmPassword\":\"correct horse\"}"
  curl -sS -o /dev/null "${json[@]}" -d "$body" "$base/users/signup"
  token=$(curl -sS -o /dev/null -D - "${json[@]}" -d "$body" "$base/users/login" |
    awk 'tolower($1)=="x-jwt-token:"{print $2}' | tr -d '\r')
  [[ -n $token ]] || fail "$1 cannot log in"
}

# now_ms, and how long a command took.
now_ms() { date +%s%3N; }
timed() {
  local begin
  begin=$(now_ms)
  "$@"
  took=$(($(now_ms) - begin))
}

resident_mib() { awk '/^VmRSS:/{print int($2/1024)}' "/proc/$pid/status"; }

# verdict NAME FIGURES CONDITION: an arithmetic condition that must be true.
verdict() {
  if (($3)); then
    printf 'held      %-10s %s\n' "$1" "$2"
  else
    printf 'NOT HELD  %-10s %s\n' "$1" "$2"
    failed=1
  fi
}

attack_log() {
  local admin_token worst=0
  start
  admin_token=$(cat "$work/data/admin.token")
  # From here on nobody reads the log: each action is a line, the pipe takes 64 KiB.
  timed curl -sS -o /dev/null "${json[@]}" -H "Authorization: Bearer $admin_token" \
    -d '{"state":"auto","reason":"a line of the log"}' \
    "$admin/admin/providers/console/state?n=[1-3000]"
  local actions=$took
  for _ in $(seq 20); do
    timed curl -sS -o /dev/null -m 10 "$base/healthz"
    ((took <= worst)) || worst=$took
  done
  kill "$pid"
  timed wait "$pid" || true
  pid=
  exec 8<&-
  verdict log "3000 logged actions in $actions ms, health within $worst ms, stopped in $took ms" \
    "worst < 1000 && took < 5000"
}

attack_articles() {
  local worst=0 other
  start
  read_log
  account other
  other=$token
  account attacker
  {
    printf '{"title":"t","content":"'
    printf '<span>%.0s' $(seq 2500)
    printf '</x>%.0s' $(seq 2500)
    printf '"}'
  } >"$work/article"
  timed_attack() {
    curl -sS --no-progress-meter --parallel --parallel-max 50 -o /dev/null -w '%{http_code}\n' "${json[@]}" \
      -H "Authorization: Bearer $token" --data-binary "@$work/article" \
      "$base/articles/edit?n=[1-200]" >"$work/codes"
  }
  local begin
  begin=$(now_ms)
  timed_attack &
  local load=$!
  for _ in $(seq 20); do
    timed curl -sS -o /dev/null -m 20 "${json[@]}" -H "Authorization: Bearer $other" \
      -d '{"title":"mine","content":"<p>text</p>"}' "$base/articles/edit"
    ((took <= worst)) || worst=$took
  done
  wait "$load"
  local all=$(($(now_ms) - begin))
  verdict articles "200 tangled articles in $all ms ($(sort "$work/codes" | uniq -c | awk '{printf "%s%s x %s", sep, $1, $2; sep=", "}')), another author within $worst ms" \
    "worst < 1000 && all < 20000"
  stop
}

# hold_bodies HEADER...: 400 connections that keep a body open but for its last byte.
hold_bodies() {
  local bytes=1310719 host=${base#http://} fd i
  local port=${host##*:}
  fds=()
  # Refused connections are closed, of which bash would complain.
  exec 9>&2 2>/dev/null
  for ((i = 0; i < 400; ++i)); do
    exec {fd}<>"/dev/tcp/127.0.0.1/$port" || continue
    fds+=("$fd")
    {
      printf 'POST /articles/edit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
      (($# == 0)) || printf '%s\r\n' "$@"
      printf 'Content-Length: %d\r\n\r\n' $((bytes + 1))
      cat "$work/body"
    } 1>&"$fd" || true
  done
  exec 2>&9 9>&-
}

let_go() {
  local fd
  for fd in "${fds[@]}"; do
    exec {fd}>&-
  done
}

attack_bodies() {
  local before anonymous known worst=0
  start
  read_log
  account holder
  head -c 1310719 /dev/zero | tr '\0' a >"$work/body"
  before=$(resident_mib)
  hold_bodies
  anonymous=$(($(resident_mib) - before))
  let_go
  verdict bodies "400 anonymous bodies: $anonymous MiB more" "anonymous < 100"
  hold_bodies "Authorization: Bearer $token"
  known=$(($(resident_mib) - before))
  for _ in $(seq 20); do
    timed curl -sS -o /dev/null -m 10 "$base/articles/rank/10"
    ((took <= worst)) || worst=$took
  done
  let_go
  verdict bodies "400 of one account: $known MiB more, the ranking within $worst ms" \
    "known < 400 && worst < 1000"
  stop
}

if [[ $# -eq 0 ]]; then
  set -- log articles bodies
fi
for attack; do
  case $attack in
  log | articles | bodies) "attack_$attack" ;;
  *) fail "\"$attack\" is no attack; scripts/attack.sh --help tells them" ;;
  esac
done
exit "$failed"
