#!/usr/bin/env bash
# Cluster mode on this machine, to try: Redis on 6380, PostgreSQL on 3308, Kafka on 9092 and
# two replicas on 8081 and 8083 (admin on 8082 and 8084), from config/cluster.toml. Stops all
# of them on Ctrl-C or SIGTERM and leaves nothing behind.
#   scripts/cluster.sh            in a temporary folder
#   scripts/cluster.sh FOLDER     keeps data and logs in FOLDER, for the next time
# CLUSTER_BINARY: a binary that is built already.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

help_asked "${1:-}"

redis_port=6380 postgres_port=3308 kafka_port=9092 kafka_controller_port=19092
for port in "$redis_port" "$postgres_port" "$kafka_port" "$kafka_controller_port" \
  8081 8082 8083 8084; do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then fail "port $port is taken"; fi
done

binary=${CLUSTER_BINARY:-$root/build/release/tinybook}
if [[ -z ${CLUSTER_BINARY:-} ]]; then
  stage "packages" "$root/scripts/install-deps.sh" build redis postgres kafka cluster
  stage "configure" configure release
  stage "build" build release tinybook
fi
kafka=$("$root/scripts/prepare-kafka.sh")
postgres=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)

keep=no
if [[ -n ${1:-} ]]; then
  keep=yes
  mkdir -p "$1"
  work=$(cd "$1" && pwd)
else
  work=$(mktemp -d)
fi

# Stops in reverse order, so the replicas before the servers; each gets up to 30 seconds.
pids=()
stopping=no
stop_all() {
  [[ $stopping == no ]] || return 0
  stopping=yes
  trap '' INT TERM
  ((${#pids[@]} == 0)) || say "stopping"
  for ((i = ${#pids[@]} - 1; i >= 0; --i)); do
    kill -TERM "${pids[i]}" 2>/dev/null || continue
    for ((n = 0; n < 300; ++n)); do
      kill -0 "${pids[i]}" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "${pids[i]}" 2>/dev/null || true
  done
  wait || true
  [[ $keep == yes ]] || rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 0' INT TERM

# In a session of its own, so that Ctrl-C reaches only this script, which stops everything in
# order. If the script itself is killed, they end too.
begin() {
  local log=$work/$1.log
  shift
  setsid setpriv --pdeathsig TERM "$@" >"$log" 2>&1 </dev/null &
  pids+=($!)
}

# wait_for NAME COMMAND...: waits until the command succeeds.
wait_for() {
  local name=$1
  shift
  for ((n = 0; n < 600; ++n)); do
    ! "$@" >/dev/null 2>&1 || return 0
    kill -0 "${pids[-1]}" 2>/dev/null || fail "$name ended: $(tail -n 20 "$work/$name.log")"
    sleep 0.1
  done
  fail "$name is not ready after a minute: $(tail -n 20 "$work/$name.log")"
}

# PostgreSQL refuses to run as root.
as_postgres=()
((EUID != 0)) || as_postgres=(setpriv --reuid postgres --regid postgres --clear-groups)

start_postgres() {
  local data=$work/postgres
  chmod 711 "$work"
  if [[ ! -e $data/PG_VERSION ]]; then
    mkdir -p "$data"
    ((EUID != 0)) || chown postgres "$data"
    "${as_postgres[@]}" "$postgres/initdb" -D "$data" -U tinybook --auth=trust --encoding=UTF8 \
      --no-locale >"$work/initdb.log" 2>&1 || fail "initdb: $(tail -n 20 "$work/initdb.log")"
  fi
  begin postgres "${as_postgres[@]}" "$postgres/postgres" -D "$data" -p "$postgres_port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=on
  wait_for postgres "$postgres/pg_isready" -h 127.0.0.1 -p "$postgres_port"
  "$postgres/createdb" -h 127.0.0.1 -p "$postgres_port" -U tinybook tinybook \
    2>"$work/createdb.log" || grep -q 'already exists' "$work/createdb.log" ||
    fail "$(cat "$work/createdb.log")"
}

start_replica() {
  begin "$1" "$binary" --config "$root/config/cluster.toml" --set "replica.name=$1" \
    --set "http.port=$2" --set "admin.port=$3" --set "storage.path=$work/$1" \
    --set "keys.file=$work/keys.json" --set allow_insecure=true
  wait_for "$1" curl -sf "http://127.0.0.1:$2/readyz"
}

say "Redis on $redis_port"
begin redis redis-server --port "$redis_port" --bind 127.0.0.1 --dir "$work" --save '' \
  --appendonly yes --maxmemory-policy noeviction
wait_for redis redis-cli -p "$redis_port" ping
say "PostgreSQL on $postgres_port"
start_postgres
say "Kafka on $kafka_port"
begin kafka "$kafka/run.sh" "$work/kafka" "$kafka_port" "$kafka_controller_port"
wait_for kafka grep -q 'Kafka Server started' "$work/kafka.log"

[[ -e $work/keys.json ]] || "$binary" --new-keys "$work/keys.json" >/dev/null
say "two replicas"
start_replica one 8081 8082
start_replica two 8083 8084

cat <<TEXT

Two replicas are ready over one PostgreSQL, Redis and Kafka. Logs: $work/*.log
The API: http://localhost:8081 and http://localhost:8083; inside: http://localhost:8082/admin/actors, and port 8084.

Ask for a code on the first replica (either prints it, as the console provider):
  curl -s http://127.0.0.1:8081/users/login_sms/code/send -d '{"phone":"13800138000"}' -H 'Content-Type: application/json'
  grep -h 'SMS to' $work/one.log $work/two.log
Log in with it on the second one; keep the token:
  token=\$(curl -si http://127.0.0.1:8083/users/login_sms -d '{"phone":"13800138000","code":"THE CODE"}' -H 'Content-Type: application/json' | sed -n 's/^X-Jwt-Token: //Ip' | tr -d '\\r')
Publish on one, like on the other, look at the ranking of both:
  id=\$(curl -s http://127.0.0.1:8081/articles/publish -d '{"title":"First light","content":"Hello"}' -H 'Content-Type: application/json' -H "Authorization: Bearer \$token" | sed 's/.*"data":\\([0-9]*\\).*/\\1/')
  curl -s http://127.0.0.1:8083/articles/like -d "{\\"id\\":\$id,\\"like\\":true}" -H 'Content-Type: application/json' -H "Authorization: Bearer \$token"
  sleep 2; curl -s http://127.0.0.1:8081/articles/rank/10; curl -s http://127.0.0.1:8083/articles/rank/10
Take a server away and look at what is missing (Redis: kill -STOP ${pids[0]}, kill -CONT ${pids[0]}):
  curl -s http://127.0.0.1:8081/readyz

Ctrl-C stops all of it.
TEXT

# Runs until a signal comes or one of them ends by itself.
wait -n "${pids[@]}" || true
fail "one of them ended; the logs are in $work"
