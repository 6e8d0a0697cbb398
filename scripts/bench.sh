#!/usr/bin/env bash
# Measures against yardsticks taken in the same run and prints a table of ratios.
#   scripts/bench.sh [SECONDS] [NAME ...]   default 5 s a measurement, all of:
#     ranking profile articles login codes connections erase_at error_rate outbox_drain
#     pending_million shared_codes event_ingest (these two over servers that they start)
#     delivery (that one is a table of its own, and writes bench/delivery.svg)
# The machine's speed drifts, so quote the ratios; the two sides alternate, three runs each.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$root/scripts/bench-common.sh"

help_asked "${1:-}"
seconds=5
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
  seconds=$1
  shift
fi
wanted=("$@")
((${#wanted[@]} > 0)) || wanted=(ranking profile articles login codes connections erase_at
  error_rate outbox_drain pending_million shared_codes event_ingest delivery)

stage "packages" "$root/scripts/install-deps.sh" build redis postgres kafka bench
stage "configure release" configure release -DTINYBOOK_BENCH=ON
stage "build release" build release all
bin=$root/build/release/bench
work=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
ulimit -n 65536 2>/dev/null || true
rows=()
row() { rows+=("$(printf '%-52s %12s %12s %7s %s' "$1" "$2" "$3" "$4" "$5")"); }

# bare NAME MODE ARG: starts a yardstick; its port is in $bare_port.
bare() {
  mkfifo "$work/$1.in"
  "$bin/bench_bare_server" "$2" "$3" <"$work/$1.in" >"$work/$1.port" &
  pids+=($!)
  eval "exec {keep_$1}>\"$work/$1.in\""
  until [[ -s $work/$1.port ]]; do sleep 0.05; done
  bare_port=$(head -n 1 "$work/$1.port")
}

# serve NAME OPTION...: starts tinybook with a fresh folder; sets port, admin_port, server_pid.
serve() {
  local name=$1
  shift
  "$root/build/release/tinybook" --set storage.path="$work/$name.data" --set http.port=0 \
    --set admin.port=0 --set login.signups_per_address=0 --set login.failures_per_address=0 \
    --set login.failures_per_account=0 --set login.failures_per_device=0 \
    --set codes.sends_per_address_hour=0 --set codes.sends_per_address_day=0 \
    --set http.max_connections_per_address=0 --set articles.saves_at_once=100 "$@" \
    >/dev/null 2>"$work/$name.log" &
  server_pid=$!
  pids+=("$server_pid")
  until grep -q ' ready ' "$work/$name.log"; do
    kill -0 "$server_pid" || fail "$(cat "$work/$name.log")"
    sleep 0.05
  done
  port=$(sed -n 's/.*listener=public.* port=\([0-9]*\).*/\1/p' "$work/$name.log")
}
# account: makes one on $port; its access token is in $token.
account() {
  curl -sS -o /dev/null -H "$json" "http://127.0.0.1:$port/users/signup" \
    -d '{"email":"ann@example.org","password":"correct horse","confirmPassword":"correct horse"}'
  token=$(curl -sS -D - -o /dev/null -H "$json" "http://127.0.0.1:$port/users/login" \
    -d '{"email":"ann@example.org","password":"correct horse"}' |
    awk 'tolower($1)=="x-jwt-token:"{print $2}' | tr -d '\r')
  [[ -n $token ]] || fail "no token"
}

# publish NUMBER CONTENT: as who has $token; the article's id is in $id.
publish() {
  id=$(curl -sS -H "$json" -H "Authorization: Bearer $token" "http://127.0.0.1:$port/articles/publish" \
    -d "{\"title\":\"Article number $1\",\"content\":\"$2\"}" | sed -n 's/.*"data":\([0-9]*\).*/\1/p')
  [[ -n $id ]] || fail "no article"
}

bench_ranking() {
  serve ranking --set http.require_login_to_read=true
  account
  for i in $(seq 12); do
    publish "$i" text
    curl -sS -o /dev/null -H "$json" -H "Authorization: Bearer $token" \
      "http://127.0.0.1:$port/articles/like" -d "{\"id\":$id,\"like\":true}"
  done
  sleep 2 # The board follows within its refresh period.
  curl -sSi -H "Authorization: Bearer $token" "http://127.0.0.1:$port/articles/rank/10" >"$work/board.txt"
  bare same ours "$work/board.txt"
  local same=$bare_port a=() b=() c=()
  bare stock stock "$work/board.txt"
  local stock=$bare_port
  for _ in 1 2 3; do
    a+=("$(load "http://127.0.0.1:$port/articles/rank/10" -H "Authorization: Bearer $token")")
    b+=("$(load "http://127.0.0.1:$same/articles/rank/10")")
    c+=("$(load "http://127.0.0.1:$stock/articles/rank/10")")
  done
  local ours ingress library
  ours=$(median "${a[@]}")
  ingress=$(median "${b[@]}")
  library=$(median "${c[@]}")
  row "ranking with token / bare, same ingress" "$ours" "$ingress" "$(ratio "$ours" "$ingress")" "≥ 0.85"
  row "ranking with token / bare, stock server" "$ours" "$library" "$(ratio "$ours" "$library")" "≥ 1.3"
}

bench_profile() {
  serve profile
  account
  curl -sSi -H "Authorization: Bearer $token" "http://127.0.0.1:$port/users/profile" >"$work/profile.txt"
  bare profile ours "$work/profile.txt"
  local a=() b=() ours bare
  for _ in 1 2 3; do
    a+=("$(load "http://127.0.0.1:$port/users/profile" -H "Authorization: Bearer $token")")
    b+=("$(load "http://127.0.0.1:$bare_port/users/profile")")
  done
  ours=$(median "${a[@]}")
  bare=$(median "${b[@]}")
  row "profile with token / bare" "$ours" "$bare" "$(ratio "$ours" "$bare")" ""
}

# versus TITLE OURS YARDSTICK [WRK-OPTION...]: both addresses under the same load, in turn.
versus() {
  local a=() b=() ours yard
  for _ in 1 2 3; do
    a+=("$(load "$2" "${@:4}")")
    b+=("$(load "$3" "${@:4}")")
  done
  ours=$(median "${a[@]}")
  yard=$(median "${b[@]}")
  row "$1" "$ours" "$yard" "$(ratio "$ours" "$yard")" ""
}

# compare NAME TITLE PATH: PATH of the server at $port against the same bytes of a bare handler.
compare() {
  curl -sSi "http://127.0.0.1:$port$3" >"$work/$1.txt"
  bare "$1" ours "$work/$1.txt"
  versus "$2" "http://127.0.0.1:$port$3" "http://127.0.0.1:$bare_port"
}

bench_articles() {
  serve articles
  account
  local text
  text=$(printf 'word %.0s' {1..200})
  for i in $(seq 30); do publish "$i" "$text"; done
  compare article "a public article of 1 KB / bare" "/articles/pub/$id"
  compare newest "the newest 20 articles / bare" "/articles/pub?limit=20"

  mkdir "$work/likes.data"
  bare likes insert "$work/likes.data"
  # Each request changes something: every like is taken back the next time round.
  cat >"$work/like.lua" <<'LUA'
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
local n = 0
function request()
  n = n + 1
  return wrk.format("POST", "/articles/like", headers, string.format('{"id":%d,"like":%s}',
                    1 + 15 * id + n % 15, math.floor(n / 15) % 2 == 0 and "true" or "false"))
end
LUA
  sed -i "1i headers = {[\"Content-Type\"] = \"application/json\", [\"Authorization\"] = \"Bearer $token\"}" \
    "$work/like.lua"
  versus "like, HTTP / bare grouped insert" "http://127.0.0.1:$port" \
    "http://127.0.0.1:$bare_port" -s "$work/like.lua"
}

bench_login() {
  serve login
  account
  cat >"$work/login.lua" <<'LUA'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"email":"ann@example.org","password":"correct horse"}'
LUA
  local a=() b=() ours raw
  for _ in 1 2 3; do
    wrk -t1 -c8 -d"${seconds}s" -s "$work/login.lua" "http://127.0.0.1:$port/users/login" >"$work/wrk"
    a+=("$(awk '/Requests\/sec/{print $2}' "$work/wrk")")
    raw=$("$bin/bench_argon2" "$seconds") || fail "no password could be hashed"
    b+=("$raw")
  done
  ours=$(median "${a[@]}")
  raw=$(median "${b[@]}")
  row "log-in / raw Argon2id" "$ours" "$raw" "$(ratio "$ours" "$raw")" "≥ 0.9"
}

bench_codes() {
  "$bin/bench_send_code" "$seconds" >"$work/codes"
  cat "$work/codes" >&2
  row "ask for a code, actors / raw inserts" "$(sed -n 's/^ask.*: \([0-9]*\)\/s.*/\1/p' "$work/codes")" \
    "$(sed -n 's/^raw.*: *\([0-9]*\)\/s/\1/p' "$work/codes")" "$(sed -n 's/^ratio: //p' "$work/codes")" "≥ 0.5"

  serve codes --set codes.capacity=1000000 --set limits.capacity=1000000
  mkdir "$work/raw.data"
  bare inserts insert "$work/raw.data"
  cat >"$work/code.lua" <<'LUA'
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
local n = 0
function request()
  n = n + 1
  local phone = string.format("+86138%02d%06d", 10 + id + 2 * round, n)
  return wrk.format("POST", "/users/login_sms/code/send", {["Content-Type"] = "application/json"},
                    '{"phone":"' .. phone .. '"}')
end
LUA
  local yard=$bare_port a=() b=()
  for round in 0 1 2; do
    { echo "round = $round"; cat "$work/code.lua"; } >"$work/code$round.lua"
    a+=("$(load "http://127.0.0.1:$port" -s "$work/code$round.lua")")
    b+=("$(load "http://127.0.0.1:$yard" -s "$work/code$round.lua")")
  done
  local ours raw
  ours=$(median "${a[@]}")
  raw=$(median "${b[@]}")
  row "ask for a code, HTTP / bare grouped insert" "$ours" "$raw" "$(ratio "$ours" "$raw")" "≥ 0.6"
}

resident() { awk '/VmRSS/{printf "%.0f MB", $2/1024}' "/proc/$1/status"; }
# idle_cpu PID: percent of one core over five seconds.
idle_cpu() {
  local a b
  a=$(awk '{print $14+$15}' "/proc/$1/stat")
  sleep 5
  b=$(awk '{print $14+$15}' "/proc/$1/stat")
  awk -v t="$((b - a))" -v hz="$(getconf CLK_TCK)" 'BEGIN{printf "%.1f %%", 100*t/hz/5}'
}

bench_connections() {
  serve connections
  local pid=$server_pid a=() b=() start
  start=$(resident "$server_pid")
  for _ in 1 2 3; do a+=("$(load "http://127.0.0.1:$port/articles/rank/10")"); done
  mkfifo "$work/hold.in"
  "$bin/bench_connections" "$port" 10000 0 <"$work/hold.in" >"$work/hold" &
  pids+=($!)
  exec {hold}>"$work/hold.in"
  until grep -q holding "$work/hold"; do sleep 0.1; done
  local cpu
  cpu=$(idle_cpu "$pid")
  mkfifo "$work/slow.in"
  "$bin/bench_connections" "$port" 0 200 <"$work/slow.in" >"$work/slow" &
  pids+=($!)
  exec {slow}>"$work/slow.in"
  until grep -q holding "$work/slow"; do sleep 0.1; done
  for _ in 1 2 3; do b+=("$(load "http://127.0.0.1:$port/articles/rank/10")"); done
  local alone crowd
  alone=$(median "${a[@]}")
  crowd=$(median "${b[@]}")
  row "ranking with 10 000 idle and 200 slow / alone" "$crowd" "$alone" "$(ratio "$crowd" "$alone")" "≥ 0.8"
  row "idle CPU with 10 000 connections" "$cpu" "" "" "≤ 1 %"
  row "resident memory, at start / then" "$start" "$(resident "$pid")" "" ""
  exec {hold}>&- {slow}>&-
}

bench_erase_at() { "$bin/bench_erase_at"; }

bench_error_rate() {
  "$bin/bench_error_rate" >"$work/rate"
  cat "$work/rate" >&2
  each() { sed -n "s/^$1: *\([0-9.]*\) ns.*/\1/p" "$work/rate"; }
  local small large
  small=$(each 'judge,   10 buckets')
  large=$(each 'judge, 3600 buckets')
  row "judge a call, ns, 3600 buckets / 10" "$large" "$small" "$(ratio "$large" "$small")" "≤ 1.5"
  row "circuit, begin and finish a call, ns" "$(each circuit)" "" "" ""
}

# line_of FILE NAME TITLE ASKED: the line "NAME OURS YARDSTICK RATIO" of FILE.
line_of() {
  local ours yard of
  read -r ours yard of < <(sed -n "s/^$2 //p" "$1")
  row "$3" "$ours" "$yard" "$of" "$4"
}

bench_outbox_drain() {
  "$bin/bench_outbox_drain" >"$work/drain"
  line_of "$work/drain" sql "drain 10 000, actors / raw SQL, equal batches" "≥ 0.5"
  line_of "$work/drain" sql_full "drain 10 000, actors / raw SQL, batches of 16" ""
  line_of "$work/drain" http "drain 10 000, webhook / bare clients" "≥ 0.7"
  line_of "$work/drain" places "provider of 100 ms / its 64 places" "≥ 0.9"
}

bench_pending_million() {
  "$bin/bench_pending_million" >"$work/pending"
  # started NAME TITLE: the line "NAME MB-BEFORE MB-AFTER MS-LOOKED MS-SENT READY".
  started() {
    local before after looked sent
    read -r before after looked sent _ < <(sed -n "s/^$1 //p" "$work/pending")
    row "$2: MB resident, before / with" "$after" "$before" "" ""
    row "$2: ms to the first look" "$looked" "" "" ""
    ((sent < 0)) || row "$2: ms to the first send" "$sent" "" "" ""
  }
  started empty "empty outbox"
  started later "1 000 000 wait for their time"
  started due "1 000 000 due, provider forced open"
}

bench_shared_codes() {
  "$bin/bench_shared_codes" >"$work/shared"
  local n
  for n in 64 256; do
    line_of "$work/shared" "verify_$n" "verify on Redis, $n in flight / bare, equal pipelining" "≥ 0.8"
    line_of "$work/shared" "verify_${n}_full" "verify on Redis, $n in flight / bare, $n deep" ""
  done
  line_of "$work/shared" submit "ask for a code, PostgreSQL / raw inserts" "≥ 0.6"
  line_of "$work/shared" drain "drain 5 000, two replicas / raw, equal batches" "≥ 0.7"
}

bench_event_ingest() {
  "$root/scripts/prepare-kafka.sh" >&2
  "$bin/bench_event_ingest" >"$work/ingest"
  line_of "$work/ingest" events "likes from Kafka to Redis / bare consumer" "≥ 0.7"
}

# Virtual time: no ratio of speeds, so its table stands apart.
bench_delivery() {
  "$bin/bench_delivery" "$root/bench/delivery.svg"
}

for name in "${wanted[@]}"; do
  declare -F "bench_$name" >/dev/null || fail "no such benchmark: $name"
  stage "$name" "bench_$name"
done
if ((${#rows[@]} > 0)); then
  printf '\n%-52s %12s %12s %7s %s\n' measurement ours yardstick ratio asked
  printf '%s\n' "${rows[@]}"
fi
