#!/usr/bin/env bash
# Measures the ranking over shared back ends (Redis, PostgreSQL, Kafka and two replicas, all on
# this machine) against one process in embedded mode; prints a table of ratios.
#   scripts/bench-cluster.sh [SECONDS] [ARTICLES]   5 s a measurement, a board of 1000000
# BUILD: a folder that is built already, with its benches; default the release build.
# The machine's speed drifts, so quote the ratios; the two sides alternate, three runs each.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$root/scripts/bench-common.sh"

help_asked "${1:-}"
seconds=${1:-5}
articles=${2:-1000000}

stage "packages" "$root/scripts/install-deps.sh" build redis postgres kafka bench
built=${BUILD:-$root/build/release}
if [[ -z ${BUILD:-} ]]; then
  stage "configure release" configure release -DTINYBOOK_BENCH=ON
  stage "build release" build release tinybook bench_like_visible
fi
work=$(mktemp -d)
chmod 711 "$work"
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
rows=()
row() { rows+=("$(printf '%-58s %12s %12s %7s %s' "$1" "$2" "$3" "$4" "$5")"); }


# account PORT NAME: signs up and logs in; the access token is in $token.
account() {
  local body="{\"email\":\"$2@example.org\",\"password\":\"correct horse\""
  curl -sS -o /dev/null -H "$json" "http://127.0.0.1:$1/users/signup" \
    -d "$body,\"confirmPassword\":\"correct horse\"}"
  token=$(curl -sS -D - -o /dev/null -H "$json" "http://127.0.0.1:$1/users/login" -d "$body}" |
    awk 'tolower($1)=="x-jwt-token:"{print $2}' | tr -d '\r')
  [[ -n $token ]] || fail "no token"
}

# post PORT PATH BODY
post() {
  curl -sS -H "$json" -H "Authorization: Bearer $token" "http://127.0.0.1:$1$2" -d "$3"
}

# board PORT: twelve articles with a like each; the last one's id is in $id.
board() {
  account "$1" ann
  for i in $(seq 12); do
    id=$(post "$1" /articles/publish "{\"title\":\"Article number $i\",\"content\":\"text\"}" |
      sed -n 's/.*"data":\([0-9]*\).*/\1/p')
    post "$1" /articles/like "{\"id\":$id,\"like\":true}" >/dev/null
  done
  sleep 2 # The board follows within its refresh period.
}

# gauge ADMIN_PORT ACTOR NAME
gauge() {
  curl -sS "http://127.0.0.1:$1/admin/actors/$2" |
    sed -n "s/.*\"name\":\"$3\",\"value\":\([-0-9.e+]*\).*/\1/p"
}

# rss PID: MiB
rss() { awk '/VmRSS/{printf "%.0f", $2 / 1024}' "/proc/$1/status"; }

say "cluster"
: >"$work/cluster.log"
CLUSTER_BINARY="$built/tinybook" "$root/scripts/cluster.sh" "$work/cluster" >"$work/cluster.log" 2>&1 &
pids+=($!)
until grep -q 'Ctrl-C stops all of it' "$work/cluster.log"; do
  kill -0 "${pids[-1]}" 2>/dev/null || fail "$(tail -n 20 "$work/cluster.log")"
  sleep 0.2
done
say "embedded"
"$built/tinybook" --set storage.path="$work/data" --set http.port=8085 \
  --set admin.port=8086 >/dev/null 2>"$work/embedded.log" &
pids+=($!)
until curl -sf http://127.0.0.1:8085/readyz >/dev/null; do sleep 0.1; done
board 8085
board 8081
article=$id

say "three ways to a board"
a=() b=() c=() d=()
for _ in 1 2 3; do
  a+=("$(load http://127.0.0.1:8081/articles/rank/10)")
  b+=("$(load http://127.0.0.1:8085/articles/rank/10)")
  c+=("$(load "http://127.0.0.1:8081/articles/rank/of/$article?neighbours=5")")
  d+=("$(load 'http://127.0.0.1:8082/admin/ranking/all?source=database')")
done
copy=$(median "${a[@]}") embedded=$(median "${b[@]}")
store=$(median "${c[@]}") database=$(median "${d[@]}")
row "local copy, cluster / embedded (requests/s)" "$copy" "$embedded" "$(ratio "$copy" "$embedded")" "≥ 0.95"
row "local copy / Redis, rank and 11 rows" "$copy" "$store" "$(ratio "$copy" "$store")" "≥ 2"
row "local copy / database, 10 rows" "$copy" "$database" "$(ratio "$copy" "$database")" ""

say "a like on one replica until the other shows it"
account 8083 bob
"$built/bench/bench_like_visible" --likes-port 8083 --shows-port 8081 \
  --token "$token" --article "$article" --likes 60 >"$work/visible"
read -r _ p50 p99 < <(grep '^store' "$work/visible")
row "like → visible in Redis, p50 and p99 (ms)" "$p50" "$p99" "" ""
read -r _ p50 p99 < <(grep '^copy' "$work/visible")
row "like → visible to readers, p50 and p99 (ms)" "$p50" "$p99" "" "refresh period 1000"

say "a board of $articles articles"
psql -q -h 127.0.0.1 -p 3308 -U tinybook tinybook <<SQL
INSERT INTO users (id, email, password_hash, nickname, birthday, about_me, created_at)
  OVERRIDING SYSTEM VALUE VALUES (900000000, 'many@example.org', '', 'many', '', '', 0);
INSERT INTO article_stats (article_id, ver, like_cnt, published, title, author_id, author_name)
  SELECT 1000000 + i, 1, 1 + i % 5000, true, 'Article number ' || i, 900000000, 'many'
  FROM generate_series(1, $articles) AS i;
ANALYZE article_stats;
SQL
before=$(gauge 8082 ranking epoch)
begin=$(date +%s.%N)
curl -sS -o /dev/null -H "$json" -H "Authorization: Bearer $(cat "$work/cluster/one/admin.token")" \
  http://127.0.0.1:8082/admin/ranking/all/rebuild -d '{"reason":"bench"}'
wrk -t1 -c8 -d600s http://127.0.0.1:8083/articles/rank/10 >"$work/meanwhile" &
reader=$!
until [[ $(gauge 8082 ranking epoch) != "$before" ]]; do sleep 0.2; done
took=$(awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN{printf "%.1f", b - a}')
kill -INT "$reader"
wait "$reader" || true
row "hydration of $articles rows (s, rows/s)" "$took" \
  "$(awk -v n="$articles" -v t="$took" 'BEGIN{printf "%.0f", n / t}')" "" \
  "meanwhile $(awk '/Requests\/sec/{print $2}' "$work/meanwhile") reads/s, $(grep -c 'Non-2xx\|Socket errors' "$work/meanwhile" || true) kinds of errors"
row "Redis with it (MB); the replica that filled (MiB)" \
  "$(redis-cli -p 6380 info memory | awk -F: '/^used_memory:/{printf "%.0f", $2 / 1e6}')" \
  "$(rss "$(pgrep -f 'replica.name=one')")" "" ""
big=$(load http://127.0.0.1:8081/articles/rank/10)
row "local copy over $articles / over 12 articles" "$big" "$copy" "$(ratio "$big" "$copy")" ""

say "cold start with 64 clients"
redis-cli -p 6380 flushall >/dev/null
"$built/tinybook" --config "$root/config/cluster.toml" --set replica.name=three \
  --set http.port=8087 --set admin.port=8088 --set storage.path="$work/three" \
  --set keys.file="$work/cluster/keys.json" --set allow_insecure=true \
  >/dev/null 2>"$work/three.log" &
pids+=($!)
until (exec 3<>/dev/tcp/127.0.0.1/8087) 2>/dev/null; do sleep 0.02; done
wrk -t2 -c64 -d2s http://127.0.0.1:8087/articles/rank/100 >"$work/cold"
row "cold start, 64 clients: top-100 reads of the database, requests" \
  "$(gauge 8088 ranking database_reads)" "$(awk '/requests in/{print $1}' "$work/cold")" "" "1 a board"

printf '\n%-58s %12s %12s %7s %s\n' measured ours yardstick ratio asked
printf '%s\n' "${rows[@]}"
