# shellcheck shell=bash disable=SC2154,SC2034 # $seconds and $work are those of who sources it
# What the benchmark scripts share; sourced, never run.

json='Content-Type: application/json'
ratio() { awk -v a="$1" -v b="$2" 'BEGIN{printf "%.2f", b == 0 ? 0 : a / b}'; }
median() { printf '%s\n' "$@" | sort -n | awk '{v[NR]=$1} END{print v[int((NR+1)/2)]}'; }

# load URL [WRK-OPTION...]: requests a second; reports failed requests.
load() {
  wrk -t2 -c64 -d"${seconds}s" "${@:2}" "$1" >"$work/wrk"
  ! grep -q 'Non-2xx\|Socket errors' "$work/wrk" ||
    say "errors at $1: $(grep 'Non-2xx\|Socket errors' "$work/wrk")"
  awk '/Requests\/sec/{print $2}' "$work/wrk"
}
