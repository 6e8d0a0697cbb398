#!/usr/bin/env bash
# Shows a failover: the server with three simulated SMS providers (alpha speaks Tencent's
# dialect, beta Aliyun's, gamma a webhook's). Codes are requested steadily; alpha, which has
# most of the traffic, breaks and is repaired. Each line shows a second: the codes that each
# provider took and the calls it got, its circuit, and the slowest code. About 45 seconds;
# all on 127.0.0.1 and free ports, nothing is left behind. Ctrl-C ends it.
#   scripts/demo.sh failover [BREAK]    what alpha does when it breaks; default "fail":
#                                       fail, hang, drop, garbage, "throttle retry-after=2s"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

help_asked "${1:-}"
broken=${1:-fail}
break_at=8    # seconds
repair_at=22
end_at=42
per_second=10 # codes asked for

"$root/scripts/install-deps.sh" build test demo
configure dev
build dev tinybook tinybook_provider_simulator

work=$(mktemp -d)
pids=()
cleanup() {
  trap - EXIT INT TERM
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

names=(alpha beta gamma)
kinds=(tencent aliyun webhook)
weights=(80 10 10)
declare -A port secret key_id

# field NAME FILE: the value of NAME=… in the first line of a program's output.
field() { sed -n "1s/.* $1=\([^ ]*\).*/\1/p" "$2"; }

# wait_line PATTERN FILE PID: until the file has it; 30 seconds.
wait_line() {
  for _ in $(seq 300); do
    ! grep -q "$1" "$2" || return 0
    kill -0 "$3" 2>/dev/null || break
    sleep 0.1
  done
  fail "did not start: $(cat "$2")"
}

start_providers() {
  local i name
  for i in 0 1 2; do
    name=${names[i]}
    "$root/build/dev/tests/tinybook_provider_simulator" --kind "${kinds[i]}" \
      >"$work/$name.out" 2>&1 &
    pids+=($!)
    wait_line listening "$work/$name.out" $!
    port[$name]=$(field port "$work/$name.out")
    secret[$name]=$(field secret "$work/$name.out")
    key_id[$name]=$(field key_id "$work/$name.out")
  done
}

# Circuits quick enough to watch; the defaults are slower.
write_config() {
  cat <<EOF
[http]
port = 0
[admin]
port = 0
[storage]
path = "$work/data"
[codes]
sends_per_address_hour = 0
sends_per_address_day = 0
sends_per_hour = 0
[codes.guard]
enabled = false
[sms.retry]
base = "200ms"
[sms.monitor]
window = "5s"
buckets = 20
min_samples = 5
[sms.circuit]
open_base = "2s"
open_cap = "4s"
verdict_within = "5s"
probes = 3
probes_at_once = 1
ramp = "4s"
EOF
  local i name
  for i in 0 1 2; do
    name=${names[i]}
    cat <<EOF
[[sms.providers]]
name = "$name"
kind = "${kinds[i]}"
url = "http://127.0.0.1:${port[$name]}/"
secret = "${secret[$name]}"
weight = ${weights[i]}
timeout = "1s"
EOF
    case ${kinds[i]} in
    tencent) printf 'access_key_id = "%s"\napp_id = "1"\nsign_name = "s"\ntemplate_id = "1"\n' "${key_id[$name]}" ;;
    aliyun) printf 'access_key_id = "%s"\nsign_name = "s"\ntemplate_id = "SMS_1"\n' "${key_id[$name]}" ;;
    esac
  done
}

start_server() {
  write_config >"$work/demo.toml"
  "$root/build/dev/tinybook" --config "$work/demo.toml" >"$work/out" 2>"$work/log" &
  pids+=($!)
  wait_line ' ready ' "$work/log" $!
  api=http://127.0.0.1:$(sed -n 's/.*listener=public.* port=\([0-9]*\).*/\1/p' "$work/log")
  admin=http://127.0.0.1:$(sed -n 's/.*listener=admin.* port=\([0-9]*\).*/\1/p' "$work/log")
}

# Asks for codes until it is killed; notes when it asked for which phone.
ask_steadily() {
  local n=0 phone
  while :; do
    n=$((n + 1))
    phone=+86139$(printf '%08d' "$n")
    printf '%s %s\n' "$phone" "$(date +%s%3N)" >>"$work/asked"
    curl -s -o /dev/null --max-time 5 "$api/users/login_sms/code/send" \
      -H 'Content-Type: application/json' -d "{\"phone\":\"$phone\"}" &
    sleep "$(awk "BEGIN{print 1/$per_second}")"
  done
}

behave() {
  curl -s -o /dev/null "http://127.0.0.1:${port[alpha]}/control" -d "{\"mode\":\"$1\"}"
}

circuit_of() {
  curl -s --max-time 2 "$admin/admin/actors/sms-sender-$1" |
    sed -n 's/.*"circuit":"\([a-z_]*\)".*/\1/p'
}

# The calls that a provider got, a line each: phone, time, whether it took the message.
calls_of() {
  curl -s --max-time 2 "http://127.0.0.1:${port[$1]}/log" | tr '}' '\n' |
    sed -n 's/.*"accepted":\([a-z]*\),"at_ms":\([0-9]*\).*"phone":"\([^"]*\)".*/\3 \2 \1/p'
}

declare -A shown=([alpha]=0 [beta]=0 [gamma]=0)
show_second() {
  local second=$1 note=$2 line slowest name state taken
  line=$(printf '%4d s ' "$second")
  : >"$work/new"
  for name in "${names[@]}"; do
    calls_of "$name" >"$work/$name.calls"
    tail -n +$((shown[$name] + 1)) "$work/$name.calls" >"$work/$name.new"
    taken=$(grep -c 'true$' "$work/$name.new" || true)
    grep 'true$' "$work/$name.new" >>"$work/new" || true
    state=$(circuit_of "$name")
    line+=$(printf ' | %-5s %2d/%-2d %-9s' "$name" "$taken" "$(wc -l <"$work/$name.new")" "$state")
    shown[$name]=$(wc -l <"$work/$name.calls")
  done
  slowest=$(awk 'NR==FNR{asked[$1]=$2;next} $1 in asked{d=$2-asked[$1]; if(d>m)m=d} END{print m+0}' \
    "$work/asked" "$work/new")
  printf '%s | %5d ms%s\n' "$line" "$slowest" "${note:+   <- $note}"
}

finish() {
  local asked=0 arrived=0 twice=0
  kill "${pids[-1]}" 2>/dev/null || true
  wait "${pids[-1]}" 2>/dev/null || true
  unset 'pids[-1]'
  # The last ones are on their way.
  for _ in $(seq 50); do
    for name in "${names[@]}"; do calls_of "$name"; done >"$work/calls"
    grep 'true$' "$work/calls" >"$work/all" || true
    asked=$(cut -d' ' -f1 "$work/asked" | sort -u | wc -l)
    arrived=$(cut -d' ' -f1 "$work/all" | sort -u | wc -l)
    ((arrived < asked)) || break
    sleep 0.1
  done
  twice=$(($(wc -l <"$work/all") - arrived))
  printf '\n%d codes asked for, %d arrived, %d of them twice; %d calls in vain.\n' \
    "$asked" "$arrived" "$twice" "$(grep -vc 'true$' "$work/calls" || true)"
  ((arrived == asked)) || fail "$((asked - arrived)) codes did not arrive"
}

start_providers
start_server
printf 'each second: codes taken/calls and circuit of each provider, slowest code\n'
: >"$work/asked"
ask_steadily &
pids+=($!)
begin=$(date +%s%3N)
for second in $(seq "$end_at"); do
  left=$((begin + second * 1000 - $(date +%s%3N)))
  ((left <= 0)) || sleep "$(awk "BEGIN{print $left/1000}")"
  note=
  if ((second == break_at)); then
    behave "$broken"
    note="alpha breaks: $broken"
  elif ((second == repair_at)); then
    behave ok
    note="alpha is repaired"
  fi
  show_second "$second" "$note"
done
finish
