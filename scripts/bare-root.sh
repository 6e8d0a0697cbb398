#!/usr/bin/env bash
# Tries the README on a bare machine: makes a root with only Debian's base by debootstrap,
# copies the sources there, starts scripts/run.sh in it and pastes the README's first use.
# Needs root, ports 8081 and 8082, 4 GB in build/ while it runs; takes about five minutes.
#   scripts/bare-root.sh
source "$(dirname "${BASH_SOURCE[0]}")/root-common.sh"
help_asked "${1:-}"
enter_namespaces "$@"

stage "packages" "$root/scripts/install-deps.sh" bare
take_folder
logs=(/root/server.log /root/walk.log)
stage "a bare root" make_root
copy_sources "$bare/root/tinybook"

cd "$bare/root"
"${inside[@]}" /root/tinybook/scripts/run.sh --help >/dev/null
[[ ! -e tinybook/build ]] || fail "scripts/run.sh --help builds"

# As a reader does: in the clone, in two terminals.
start() {
  "${inside[@]}" sh -c 'cd /root/tinybook && exec scripts/run.sh' >server.out 2>server.log &
  server=$!
  tail --pid="$server" -F server.log 2>/dev/null | sed -u '/ ready /q;/^== \|^\[/!d' >&2 || true
  grep -q ' ready ' server.log || fail "scripts/run.sh ended before it was ready"
}
stage "scripts/run.sh" start
# Waits for the code that the server prints.
typed() {
  local line
  line=$(tail --pid="$server" -n +1 -F server.out 2>/dev/null | grep -m 1 -a 'SMS to +8613800138000')
  grep -oE '[0-9]{6}' <<<"${line#*138000}" | head -n 1
}
walk() {
  typed | "${inside[@]}" sh -c 'cd /root/tinybook && tests/blackbox/readme_walk.sh README.md' >walk.log
}
stage "the README's first use" walk
kill "$server"
wait "$server" || fail "the server did not end well"
tell_time_spent
