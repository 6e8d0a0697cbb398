#!/usr/bin/env bash
# Tries the README on a bare machine: makes a root with only Debian's base by debootstrap,
# copies the sources there, starts scripts/run.sh in it and pastes the README's first use.
# Needs root, ports 8081 and 8082, 4 GB in build/ while it runs; takes about five minutes.
#   scripts/bare-root.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"
((EUID == 0)) || fail "a root of its own needs root: sudo scripts/bare-root.sh"

# With mount and process namespaces of its own everything that starts here ends with it.
if [[ -z ${TINYBOOK_BARE_ROOT:-} ]]; then
  TINYBOOK_BARE_ROOT=1 exec unshare --mount --pid --fork --kill-child "$0"
fi

stage "packages" "$root/scripts/install-deps.sh" bare
mkdir -p "$root/build"
bare=$root/build/bare-root
rm -rf --one-file-system "$bare" # Left by a run that was killed.
mkdir "$bare"
cleanup() {
  local code=$?
  ((code == 0)) || tail -n 40 "$bare/root/server.log" "$bare/root/walk.log" 2>/dev/null >&2 || true
  jobs -p | xargs -r kill 2>/dev/null || true
  wait
  umount --recursive "$bare/proc" "$bare/dev" 2>/dev/null || true
  rm -rf --one-file-system "$bare"
}
trap cleanup EXIT

# The release, the mirror and the proxy of this machine.
# shellcheck disable=SC2016 # These are variables of apt.
mapfile -t from < <(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' \
  'Created-By: Packages' 'Component: main' | grep '^bookworm ')
((${#from[@]} > 0)) || fail "this machine has no source of the packages of bookworm"
make_root() {
  debootstrap --variant=minbase bookworm "$bare" "${from[0]#* }" >"$bare.log" 2>&1 || {
    tail -n 20 "$bare.log" >&2
    return 1
  }
  rm "$bare.log"
  cp /etc/resolv.conf /etc/hosts "$bare/etc/"
  mount --bind /dev "$bare/dev"
  mount -t proc proc "$bare/proc"
  mkdir "$bare/root/tinybook"
  git -C "$root" ls-files -z --cached --others --exclude-standard |
    tar -C "$root" --null --ignore-failed-read -cf - -T - | tar -C "$bare/root/tinybook" -xf -
}
stage "a bare root" make_root

inside=(chroot "$bare" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
  ${http_proxy:+"http_proxy=$http_proxy"})
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
