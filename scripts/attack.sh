#!/usr/bin/env bash
# Attacks a server of its own in ways that have brought down others, and prints with figures
# what it withstood. Takes about two minutes after the build; needs bash and curl.
#   scripts/attack.sh [NAME...]      all of: log articles bodies codes names logins token sites
# log        nobody reads standard error: requests, health and the stop go on
# articles   one account sends 200 articles of tangled HTML: others save meanwhile
# bodies     400 connections keep bodies of 1.25 MiB open, first without a token, then with
# codes      one /48 of IPv6 asks for 1000 codes, then the whole world for 3000: others go on,
#            no more are sent than the ceiling allows, and an owner gets theirs
# names      one network asks for codes in the name of another, who has a new browser
# logins     one address tries 1000 passwords, then, without a limit, 300 at once: others log
#            in meanwhile
# token      a stolen access token, behind the time of a proof, tries to become the account
# sites      a page of another site makes a browser post to every route of the API
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

# start OPTION...: a server with a fresh folder; its log is what descriptor 8 reads.
start() {
  local line
  rm -rf "$work/data" "$work/log"
  mkfifo "$work/log"
  exec 8<>"$work/log"
  "$root/build/release/tinybook" --set storage.path="$work/data" --set http.port=0 \
    --set admin.port=0 --set login.signups_per_address=0 --set articles.saves_per_hour=0 \
    --set articles.saves_per_day=0 "$@" >"$work/out" 2>"$work/log" &
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

# Clients say where they come from, as behind a proxy.
proxied=(--set 'http.trusted_proxies=["127.0.0.1"]')

# post PATH BODY ADDRESS: one request of a list for `flood`.
post() {
  printf 'url = "%s%s"\ndata = "%s"\nheader = "X-Forwarded-For: %s"\n' "$base" "$1" \
    "${2//\"/\\\"}" "$3"
  printf 'header = "Content-Type: application/json"\noutput = "/dev/null"\n'
  printf 'write-out = "%%{http_code}\\n"\nnext\n'
}

# flood LIST AT_ONCE: sends what `post` has written; the statuses are in LIST.codes.
flood() {
  sed '$d' "$1" | # Behind the last one comes nothing.
    curl -sS --no-progress-meter --parallel --parallel-max "$2" --config - >"$1.codes"
}

answered() { grep -c "^$1\$" "$2.codes" || true; }

# gauge NAME: what `verification` tells about itself.
gauge() {
  curl -sS "$admin/metrics" | awk -v name="gauge=\"$1\"" \
    '/^tinybook_actor_gauge\{actor="verification"/ && index($0, name) {print int($NF)}'
}

# ask_code PHONE ADDRESS: the status of a code that the owner's browser asks for.
ask_code() {
  curl -sS -o /dev/null -w '%{http_code}' "${json[@]}" -H "X-Forwarded-For: $2" \
    -b "$work/owner" -c "$work/owner" -d "{\"phone\":\"$1\"}" \
    "$base/users/login_sms/code/send"
}

# last_code PHONE BEFORE: the newest code of a phone that the console has printed, once there
# are more than BEFORE.
last_code() {
  local codes=()
  for _ in $(seq 100); do
    mapfile -t codes < <(sed -n "s/^SMS to +86$1: [^0-9]*\\([0-9]\\{6\\}\\).*/\\1/p" "$work/out")
    ((${#codes[@]} <= $2)) || break
    sleep 0.1
  done
  printf '%s' "${codes[-1]}"
}

# log_in_by_code PHONE CODE [ADDRESS]: the status of a log-in by the owner's browser.
log_in_by_code() {
  curl -sS -o /dev/null -w '%{http_code}' "${json[@]}" -b "$work/owner" -c "$work/owner" \
    -H "X-Forwarded-For: ${3:-198.51.100.7}" -d "{\"phone\":\"$1\",\"code\":\"$2\"}" "$base/users/login_sms"
}

# owner_logs_in: to the account of +86 136 0000 0000, which then knows that browser.
owner_logs_in() {
  local status
  status=$(ask_as_owner)
  [[ $status == 200 ]] || fail "the owner gets no code: $status"
  status=$(log_in_by_code 13600000000 "$(last_code 13600000000 0)")
  [[ $status == 200 ]] || fail "the owner cannot log in: $status"
}
ask_as_owner() { ask_code 13600000000 198.51.100.7; }

# ask_in_their_name PHONE TIMES [NETWORK]: one code after the other, from as many addresses
# of one network; how many were sent is in $sent.
ask_in_their_name() {
  local n
  sent=0
  for ((n = 1; n <= $2; ++n)); do
    curl -sS -o /dev/null -w '%{http_code}' "${json[@]}" -H "X-Forwarded-For: ${3:-203.0.113}.$n" \
      -d "{\"phone\":\"$1\"}" "$base/users/login_sms/code/send" >"$work/one"
    [[ $(<"$work/one") != 200 ]] || sent=$((sent + 1))
    sleep 0.1 # One is under way: 409.
  done
}

attack_names() {
  local before code asked elsewhere entered
  start "${proxied[@]}" --set codes.resend_interval=0s
  read_log
  ask_in_their_name 13500000000 60
  asked=$(ask_code 13500000000 198.51.100.20)
  entered=$(log_in_by_code 13500000000 "$(last_code 13500000000 "$sent")")
  verdict names "60 asked for in a name by one network: $sent sent, the owner's new browser gets $asked and logs in with $entered" \
    "sent == 4 && asked == 200 && entered == 200"
  rm "$work/owner"
  ask_in_their_name 13500000001 2
  before=$sent
  asked=$(ask_code 13500000001 198.51.100.20)
  code=$(last_code 13500000001 "$before")
  ask_in_their_name 13500000001 2
  entered=$(log_in_by_code 13500000001 "$code")
  verdict names "$sent more sent behind the owner's code ($asked), which logs in with $entered" \
    "before == 2 && sent == 2 && asked == 200 && entered == 200"
  ask_in_their_name 13500000001 20 192.0.2
  rm "$work/owner"
  asked=$(ask_code 13500000001 198.51.100.21)
  rm "$work/owner"
  elsewhere=$(ask_code 13500000001 192.0.3.1)
  verdict names "with all used up from two networks another browser where the owner is logged in gets $asked, elsewhere $elsewhere" \
    "asked == 200 && elsewhere == 429"
  stop
}

attack_codes() {
  local n got=0 worst=0
  start "${proxied[@]}" --set codes.resend_interval=1s
  read_log
  owner_logs_in
  for ((n = 0; n < 1000; ++n)); do
    post /users/login_sms/code/send "{\"phone\":\"138$(printf %08d "$n")\"}" \
      "2001:db8:1:$(printf %x "$n")::1"
  done >"$work/network"
  flood "$work/network" 50 &
  local load=$!
  for ((n = 0; n < 20; ++n)); do
    timed curl -sS -o /dev/null -w '%{http_code}' "${json[@]}" -H "X-Forwarded-For: 203.0.$n.1" \
      -d "{\"phone\":\"139$(printf %08d "$n")\"}" "$base/users/login_sms/code/send" >"$work/one"
    [[ $(<"$work/one") != 200 ]] || got=$((got + 1))
    ((took <= worst)) || worst=$took
  done
  wait "$load"
  local of_network
  of_network=$(answered 200 "$work/network")
  verdict codes "1000 asked for by one /48: $of_network sent, others got $got of 20 within $worst ms" \
    "of_network == 200 && got == 20 && worst < 1000"
  for ((n = 0; n < 3000; ++n)); do
    post /users/login_sms/code/send "{\"phone\":\"137$(printf %08d "$n")\"}" \
      "2001:$(printf %x "$((0x1000 + n))")::1"
  done >"$work/world"
  flood "$work/world" 50
  local sent alarmed owner
  sent=$(($(answered 200 "$work/world") + of_network + got + 1))
  alarmed=$(gauge ceiling.hour.alarmed)
  owner=$(ask_as_owner)
  verdict codes "3000 asked for by as many networks: $sent sent in all, alarm $alarmed, an owner gets $owner" \
    "sent == 1800 && alarmed == 1 && owner == 200"
  stop
}

# log_in_meanwhile: 10 log-ins of somebody else; how many succeed is in $got, the longest took
# $worst ms.
log_in_meanwhile() {
  local n
  got=0 worst=0
  for ((n = 0; n < 10; ++n)); do
    timed curl -sS -o /dev/null -w '%{http_code}' "${json[@]}" -H "X-Forwarded-For: 203.0.113.1" \
      -d '{"email":"other@example.org","password":"correct horse"}' "$base/users/login" >"$work/one"
    [[ $(<"$work/one") != 200 ]] || got=$((got + 1))
    ((took <= worst)) || worst=$took
  done
}

# guesses COUNT: so many wrong passwords from one address.
guesses() {
  local n
  for ((n = 0; n < $1; ++n)); do
    post /users/login "{\"email\":\"user$n@example.org\",\"password\":\"a wrong guess\"}" 198.51.100.1
  done
}

attack_logins() {
  local got worst load
  start "${proxied[@]}"
  read_log
  account other
  guesses 1000 >"$work/guesses"
  flood "$work/guesses" 50 &
  load=$!
  log_in_meanwhile
  wait "$load"
  local compared
  compared=$(answered 401 "$work/guesses")
  verdict logins "1000 tries of one address: $compared compared, another got $got of 10 within $worst ms" \
    "compared <= 50 && got == 10 && worst < 2000"
  stop
  start "${proxied[@]}" --set login.failures_per_address=0 --set login.attempts_per_address=0
  read_log
  account other
  guesses 300 >"$work/guesses"
  flood "$work/guesses" 100 &
  load=$!
  log_in_meanwhile
  wait "$load"
  verdict logins "300 tries without a limit: another got $got of 10 within $worst ms" \
    "got == 10 && worst < 2000"
  stop
}

# With the token of $token: the status and the error of a POST of BODY to PATH.
tried() {
  curl -sS -o "$work/one" -w '%{http_code}' "${json[@]}" -H "Authorization: Bearer $token" \
    -d "$2" "$base$1" >"$work/status"
  printf '%s %s' "$(<"$work/status")" "$(grep -o '"error":"[a-z_]*"' "$work/one" | cut -d'"' -f4)"
}

attack_token() {
  local path body refused=0 of=0 phone=+8613800138000
  start --set accounts.step_up=1s --set codes.sends_per_phone_hour=0
  read_log
  account owner
  sleep 2 # What was proved at the log-in counts no more.
  while read -r path body; do
    of=$((of + 1))
    [[ $(tried "$path" "$body") != '403 step_up_required' ]] || refused=$((refused + 1))
  done <<END
/users/phone/code/send {"phone":"$phone"}
/users/phone/bind {"phone":"$phone","code":"123456"}
/users/password/change {"password":"of the thief's own"}
/users/sessions/end_others {}
/users/sessions/end {"id":"another"}
/users/export {}
/users/delete {}
END
  local compared=0
  for _ in $(seq 50); do
    [[ $(tried /users/step_up '{"password":"a wrong guess"}') != 401* ]] || compared=$((compared + 1))
  done
  verdict token "$refused of $of changes asked for a proof, 50 guesses at it: $compared compared" \
    "refused == of && compared <= 10"
  stop
}

attack_sites() {
  local path refused=0 of=0 paths origin
  start
  read_log
  account owner
  paths=$(curl -sS "$base/openapi.json" |
    grep -o '"/[^"]*":{"\(get":{[^}]*\)\?post"' | cut -d'"' -f2 | grep -v '/receipts/' || true)
  paths=${paths:-/users/delete /users/export /users/logout /articles/publish /articles/like}
  for path in $paths; do
    for origin in 'Origin: https://evil.example' 'Origin: null' 'Sec-Fetch-Site: cross-site'; do
      of=$((of + 1))
      [[ $(curl -sS -o /dev/null -w '%{http_code}' "${json[@]}" -H "$origin" \
        -H "Authorization: Bearer $token" -d '{}' "$base$path") != 403 ]] || refused=$((refused + 1))
    done
    of=$((of + 1))
    [[ $(curl -sS -o /dev/null -w '%{http_code}' -H 'Content-Type: text/plain' \
      -H "Authorization: Bearer $token" -d '{}' "$base$path") != 415 ]] || refused=$((refused + 1))
  done
  verdict sites "$refused of $of posts of other sites were refused" "of > 0 && refused == of"
  stop
}

if [[ $# -eq 0 ]]; then
  set -- log articles bodies codes names logins token sites
fi
for attack; do
  case $attack in
  log | articles | bodies | codes | names | logins | token | sites) "attack_$attack" ;;
  *) fail "\"$attack\" is no attack; scripts/attack.sh --help tells them" ;;
  esac
done
exit "$failed"
