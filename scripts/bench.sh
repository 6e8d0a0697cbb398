#!/usr/bin/env bash
# Measures against yardsticks taken in the same run and prints a table of ratios.
#   scripts/bench.sh [--pairs N] [--bare FILE] [SECONDS] [NAME ...]   5 s a measurement, all of:
#     ranking pages profile articles login codes connections frozen_store waiting_logins erase_at
#     error_rate outbox_drain pending_million
#     shared_codes event_ingest (these two over servers that they start)
#     delivery (that one is a table of its own, and writes bench/delivery.svg)
# --pairs N     ours and the yardstick in turn, N times each (3); 7 for figures to be quoted
# --bare FILE   the bare handler: bench_bare_server as an earlier commit builds it, since a faster
#               ingress would lower its own ratios
# The machine's speed drifts, so quote the ratios: each is the median of those of the pairs.
# Where nginx is installed, it is a yardstick, too.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$root/scripts/bench-common.sh"

help_asked "${1:-}"
seconds=5
export BENCH_PAIRS=3 # The bench programs take as many.
bin=$root/build/release/bench
bare_handler=$bin/bench_bare_server
while (($# > 0)); do
  case $1 in
  --pairs) BENCH_PAIRS=${2:?--pairs wants a number} && shift 2 ;;
  --bare) bare_handler=${2:?--bare wants a file} && shift 2 ;;
  *) break ;;
  esac
done
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
  seconds=$1
  shift
fi
wanted=("$@")
((${#wanted[@]} > 0)) || wanted=(ranking pages profile articles login codes connections frozen_store
  waiting_logins erase_at error_rate outbox_drain pending_million shared_codes event_ingest
  delivery)

stage "packages" "$root/scripts/install-deps.sh" build redis postgres kafka bench
stage "configure release" configure release -DTINYBOOK_BENCH=ON
stage "build release" build release all
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

# keep NAME COMMAND...: starts it with a standard input that stays open until `let_go NAME`, and
# waits for its first output, in $work/NAME.out.
declare -A input
keep() {
  local in
  mkfifo "$work/$1.in"
  "${@:2}" <"$work/$1.in" >"$work/$1.out" &
  pids+=($!)
  exec {in}>"$work/$1.in"
  input[$1]=$in
  until [[ -s $work/$1.out ]]; do
    kill -0 "${pids[-1]}" || fail "$1 does not start"
    sleep 0.05
  done
}
let_go() {
  local in=${input[$1]}
  exec {in}>&-
}

# bare NAME MODE ARG: starts a yardstick; its port is in $bare_port.
bare() {
  local program=$bin/bench_bare_server
  [[ $2 != ours ]] || program=$bare_handler
  keep "$1" "$program" "$2" "$3"
  bare_port=$(head -n 1 "$work/$1.out")
}

# versus TITLE ASKED OURS... -- YARDSTICK...: two commands that print a figure, in turn.
versus() {
  local title=$1 asked=$2 mine=() a=() b=() of=()
  local -x pair # For scripts of wrk.
  shift 2
  while [[ $1 != -- ]]; do
    mine+=("$1")
    shift
  done
  shift
  for ((pair = 0; pair < BENCH_PAIRS; ++pair)); do
    a+=("$("${mine[@]}")")
    b+=("$("$@")")
    of+=("$(ratio "${a[-1]}" "${b[-1]}")")
  done
  row "$title" "$(median "${a[@]}")" "$(median "${b[@]}")" "$(median "${of[@]}")" "$asked"
}

# times COMMAND...: the median of as many runs.
times() {
  local pair a=()
  for ((pair = 0; pair < BENCH_PAIRS; ++pair)); do a+=("$("$@")"); done
  median "${a[@]}"
}

# serve NAME OPTION...: starts tinybook with a fresh folder; sets port, admin_port, server_pid.
serve() {
  local name=$1
  shift
  "$root/build/release/tinybook" --set storage.path="$work/$name.data" --set http.port=0 \
    --set admin.port=0 --set login.signups_per_address=0 --set login.failures_per_address=0 \
    --set login.failures_per_account=0 --set login.failures_per_device=0 \
    --set codes.sends_per_address_hour=0 --set codes.sends_per_address_day=0 \
    --set codes.sends_per_hour=0 --set codes.sends_per_day=0 --set login.attempts_per_address=0 \
    --set http.max_connections_per_address=0 --set articles.saves_at_once=100 \
    --set articles.saves_per_hour=0 --set articles.saves_per_day=0 \
    --set articles.likes_per_minute=0 "$@" \
    >/dev/null 2>"$work/$name.log" &
  server_pid=$!
  pids+=("$server_pid")
  until grep -q ' ready ' "$work/$name.log"; do
    kill -0 "$server_pid" || fail "$(cat "$work/$name.log")"
    sleep 0.05
  done
  port=$(sed -n 's/.*listener=public.* port=\([0-9]*\).*/\1/p' "$work/$name.log")
  admin_port=$(sed -n 's/.*listener=admin.* port=\([0-9]*\).*/\1/p' "$work/$name.log")
}
# account: makes one on $port; its access token is in $token, and as a header in $auth.
account() {
  curl -sS -o /dev/null -H "$json" "http://127.0.0.1:$port/users/signup" \
    -d '{"email":"ann@example.org","password":"correct horse","confirmPassword":"correct horse"}'
  token=$(curl -sS -D - -o /dev/null -H "$json" "http://127.0.0.1:$port/users/login" \
    -d '{"email":"ann@example.org","password":"correct horse"}' |
    awk 'tolower($1)=="x-jwt-token:"{print $2}' | tr -d '\r')
  [[ -n $token ]] || fail "no token"
  auth=(-H "Authorization: Bearer $token")
}

# publish NUMBER CONTENT: as who has $token; the article's id is in $id.
publish() {
  id=$(curl -sS -H "$json" "${auth[@]}" "http://127.0.0.1:$port/articles/publish" \
    -d "{\"title\":\"Article number $1\",\"content\":\"$2\"}" | sed -n 's/.*"data":\([0-9]*\).*/\1/p')
  [[ -n $id ]] || fail "no article"
}

# line_of FILE NAME TITLE ASKED: the line "NAME OURS YARDSTICK RATIO" of FILE.
line_of() {
  local ours yard of
  read -r ours yard of < <(sed -n "s/^$2 //p" "$1")
  row "$3" "$ours" "$yard" "$of" "$4"
}

# compare NAME TITLE ASKED PATH [LOAD-OPTION...]: PATH of the server at $port against the same bytes
# of a bare handler, which gets no options.
compare() {
  local url=http://127.0.0.1:$port$4
  curl -sSi "${@:5}" "$url" >"$work/$1.txt"
  bare "$1" ours "$work/$1.txt"
  versus "$2" "$3" load "$url" "${@:5}" -- load "http://127.0.0.1:$bare_port"
}

# serve_board NAME OPTION...: as `serve`, with a board of twelve articles; makes an account.
serve_board() {
  serve "$@"
  account
  local i
  for i in $(seq 12); do
    publish "$i" text
    curl -sS -o /dev/null -H "$json" "${auth[@]}" "http://127.0.0.1:$port/articles/like" \
      -d "{\"id\":$id,\"like\":true}"
  done
  sleep 2 # The board follows within its refresh period.
}

# serve_by_nginx ANSWER: what `curl -i` has printed as a static file with similar headers; the port
# is in $nginx_port.
serve_by_nginx() {
  mkdir "$work/nginx"
  chmod 711 "$work" # Its workers may be somebody else.
  sed '1,/^\r$/d' "$1" >"$work/nginx/answer"
  nginx_port=$((20000 + RANDOM % 10000))
  while (exec 3<>"/dev/tcp/127.0.0.1/$nginx_port") 2>/dev/null; do ((++nginx_port)); done
  {
    echo "daemon off; worker_processes 2; pid $work/nginx/pid; events { worker_connections 1024; }"
    echo "http { access_log off; keepalive_requests 1000000000; sendfile on; open_file_cache max=8;"
    printf '%s_temp_path '"$work/nginx"';\n' client_body proxy fastcgi uwsgi scgi
    echo "server { listen 127.0.0.1:$nginx_port; root $work/nginx; types { }"
    sed -n '/^\r$/q; s/\r$//; s/^content-type: \(.*\)/default_type "\1";/Ip
      /^\(HTTP\/\|content-\|date:\|connection:\|keep-alive:\|etag:\)/I!s/^\([^:]*\): \(.*\)/add_header \1 '"'\\2'"';/p' "$1"
    echo "} }"
  } >"$work/nginx.conf"
  nginx -e stderr -c "$work/nginx.conf" &
  pids+=($!)
  until (exec 3<>"/dev/tcp/127.0.0.1/$nginx_port") 2>/dev/null; do
    kill -0 "${pids[-1]}" || fail "nginx does not start"
    sleep 0.05
  done
}

bench_ranking() {
  serve_board ranking --set http.require_login_to_read=true
  local path=/articles/rank/10
  compare board "ranking with token / bare" "≥ 0.95" "$path" "${auth[@]}"
  local ours=(load "http://127.0.0.1:$port$path" "${auth[@]}")
  bare stock stock "$work/board.txt"
  versus "ranking with token / bare, stock server" "≥ 1.3" "${ours[@]}" -- \
    load "http://127.0.0.1:$bare_port"
  if ! command -v nginx >/dev/null; then
    say "nginx is not installed: its row is left out"
    return
  fi
  serve_by_nginx "$work/board.txt"
  versus "ranking with token / nginx, 2 workers, static file" "≥ 1.3" "${ours[@]}" -- \
    load "http://127.0.0.1:$nginx_port/answer"
}

# What a browser gets that nobody is logged in with, against JSON of the same server.
bench_pages() {
  serve_board pages
  local page
  for page in / /ranking "/read/$id"; do
    versus "page $page / ranking as JSON" "" \
      load "http://127.0.0.1:$port$page" -H 'Accept-Encoding: gzip' -- \
      load "http://127.0.0.1:$port/articles/rank/10"
  done
}

bench_profile() {
  serve profile
  account
  compare profile "profile with token / bare" "≥ 0.7" /users/profile "${auth[@]}"
}

bench_articles() {
  serve articles
  account
  local text
  text=$(printf 'word %.0s' {1..200})
  for i in $(seq 30); do publish "$i" "$text"; done
  compare article "a public article of 1 KB / bare" "≥ 0.65" "/articles/pub/$id"
  compare newest "the newest 20 articles / bare" "≥ 0.4" "/articles/pub?limit=20"

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
  versus "like, HTTP / bare grouped insert" "≥ 0.6" \
    load "http://127.0.0.1:$port" -s "$work/like.lua" -- \
    load "http://127.0.0.1:$bare_port" -s "$work/like.lua"
}

bench_login() {
  serve login
  account
  cat >"$work/login.lua" <<'LUA'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"email":"ann@example.org","password":"correct horse"}'
LUA
  versus "log-in / raw Argon2id" "≥ 0.9" \
    load "http://127.0.0.1:$port/users/login" -t1 -c8 -s "$work/login.lua" -- \
    "$bin/bench_argon2" "$seconds"
}

bench_codes() {
  "$bin/bench_send_code" "$seconds" >"$work/codes"
  line_of "$work/codes" ask "ask for a code, actors / raw inserts" "≥ 0.5"

  serve codes --set codes.capacity=1000000 --set limits.capacity=1000000
  mkdir "$work/raw.data"
  bare inserts insert "$work/raw.data"
  cat >"$work/code.lua" <<'LUA'
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
local n = 0
local pair = tonumber(os.getenv("pair"))
function request()
  n = n + 1
  local phone = string.format("+86138%02d%06d", 10 + id + 2 * pair, n)
  return wrk.format("POST", "/users/login_sms/code/send", {["Content-Type"] = "application/json"},
                    '{"phone":"' .. phone .. '"}')
end
LUA
  versus "ask for a code, HTTP / bare grouped insert" "≥ 0.8" \
    load "http://127.0.0.1:$port" -s "$work/code.lua" -- \
    load "http://127.0.0.1:$bare_port" -s "$work/code.lua"
}

# resident PID: KiB
resident() { awk '/VmRSS/{print $2}' "/proc/$1/status"; }
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
  local url=http://127.0.0.1:$port/articles/rank/10 start alone crowd cpu
  start=$(resident "$server_pid")
  alone=$(times load "$url")
  keep idle "$bin/bench_connections" "$port" 10000 0
  cpu=$(idle_cpu "$server_pid")
  keep slow "$bin/bench_connections" "$port" 0 200
  crowd=$(times load "$url")
  row "ranking with 10 000 idle and 200 slow / alone" "$crowd" "$alone" "$(ratio "$crowd" "$alone")" "≥ 0.8"
  row "idle CPU with 10 000 connections" "$cpu" "" "" "≤ 1 %"
  row "resident memory, then / at start, MB" "$(($(resident "$server_pid") / 1024))" \
    "$((start / 1024))" "" ""
  let_go slow
  let_go idle
}

# keep_asking NAME COUNT PATH BODY: holds COUNT connections to $port; from `begin_asking` on each
# posts BODY with the $token, and again when it is answered.
keep_asking() {
  printf 'POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n%s\r\nContent-Length: %d\r\n\r\n%s' \
    "$3" "$json" "${auth[1]}" "${#4}" "$4" >"$work/$1.request"
  keep "$1" "$bin/bench_connections" "$port" "$2" 0 "$work/$1.request"
}
# begin_asking NAME COUNT: returns when so many requests wait for their answer.
begin_asking() {
  echo >&"${input[$1]}"
  for _ in {1..300}; do
    (($(serving) < $2)) || return 0
    sleep 0.1
  done
  fail "$(serving) of $2 requests are under way"
}
serving() {
  curl -sS "http://127.0.0.1:$admin_port/metrics" |
    awk '/^tinybook_http_serving{listener="public"}/{n = $2} END{printf "%d", n}'
}
# What lets any number of requests wait for any time.
patient=(--set http.max_in_flight=20000 --set http.max_in_flight_per_actor=20000
  --set http.max_in_flight_per_address=0 --set http.deadline=5m --set http.login_deadline=5m
  --set actors.request_timeout=5m)

bench_frozen_store() {
  serve frozen "${patient[@]}" --set storage.max_queue=20000 --set storage.busy_timeout=1m
  account
  publish 1 text
  keep_asking frozen 10000 /articles/like "{\"id\":$id,\"like\":true}"
  local idle waiting
  idle=$(resident "$server_pid")
  keep lock stdbuf -oL sqlite3 -cmd '.timeout 5000' -cmd 'BEGIN IMMEDIATE' -cmd "SELECT 'held'" \
    "$work/frozen.data/tinybook.db"
  begin_asking frozen 10000
  waiting=$(resident "$server_pid")
  row "a request in flight, 10 000 on a frozen store, KiB" \
    "$(awk -v n="$((waiting - idle))" 'BEGIN{printf "%.1f", n / 10000}')" "" "" "≤ 8"
  let_go frozen
  let_go lock
}

bench_waiting_logins() {
  serve_board crowded "${patient[@]}" --set http.require_login_to_read=true --set passwords.queue=4096
  curl -sSi "${auth[@]}" "http://127.0.0.1:$port/articles/rank/10" >"$work/crowded.txt"
  bare quiet ours "$work/crowded.txt"
  # p99 PORT: in ms.
  p99() {
    "$bin/bench_open_load" "$1" 1000 "$seconds" /articles/rank/10 "$token" | cut -d ' ' -f 2
  }
  local beside=(p99 "$port" -- p99 "$bare_port")
  versus "ranking p99 at 1 000/s, ms / bare" "" "${beside[@]}"
  keep_asking logins 1000 /users/login '{"email":"ann@example.org","password":"correct horse"}'
  begin_asking logins 1000
  versus "the same beside 1 000 log-ins / bare beside them" "≤ 0.5 ms" "${beside[@]}"
  say "$(serving) log-ins wait"
  let_go logins
  wait "${pids[-1]}"
  say "answers to log-ins, by status: $(tail -n +2 "$work/logins.out" | tr '\n' ' ')"
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

bench_outbox_drain() {
  "$bin/bench_outbox_drain" >"$work/drain"
  line_of "$work/drain" sql "drain 10 000, actors / raw SQL, equal batches" "≥ 0.8"
  line_of "$work/drain" sql_full "drain 10 000, actors / raw SQL, batches of 16" ""
  line_of "$work/drain" http "drain 10 000, webhook / bare clients, raw SQL beside" "≥ 0.7"
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
  line_of "$work/shared" use "log in by code, committed / EVALSHA and raw SQL" "≥ 0.7"
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
