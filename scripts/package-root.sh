#!/usr/bin/env bash
# Tries the package as an operator has it: a root with only Debian's base and systemd, booted in a
# container without a network. The package is installed, the server starts as its unit says, is used,
# hangs, is upgraded over a changed configuration, removed and purged.
# Needs root; takes three minutes, and as long as scripts/package.sh if no DEB is given.
#   scripts/package-root.sh [DEB]
source "$(dirname "${BASH_SOURCE[0]}")/root-common.sh"
help_asked "${1:-}"
enter_namespaces "$@"

stage "packages" "$root/scripts/install-deps.sh" package_root
deb=${1:-}
make_package() {
  deb=$("$root/scripts/package.sh")
}
[[ -n $deb ]] || stage "package" make_package
take_folder
logs=(.piuparts.log .boot.log /root/apt.log /root/journal.log)
stage "a bare root" make_root

# is WHAT VALUE WANTED
is() {
  [[ $2 == "$3" ]] || fail "$1: \"$2\" in place of \"$3\""
}
apt() {
  "${inside[@]}" DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 \
    -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 -y --no-install-recommends "$@" \
    >>"$bare/root/apt.log" 2>&1 </dev/null || fail "apt-get $*"
}

# The same package as a later version, whose configuration is another one, too.
make_later() {
  local tree=$bare/root/later
  cp "$deb" "$bare/root/first.deb" && dpkg-deb --raw-extract "$deb" "$tree" &&
    sed -i 's/^Version: .*/&+later/' "$tree/DEBIAN/control" &&
    echo "# Of the later version." >>"$tree/etc/tinybook/tinybook.toml" &&
    dpkg-deb --root-owner-group --build "$tree" "$tree.deb" >/dev/null && rm -r "$tree"
}
prepare() {
  make_later || return
  apt update
  apt satisfy "$(dpkg-deb --field "$deb" Depends), systemd"
  # piuparts would copy them; systemd-nspawn mounts its own.
  umount --recursive "$bare/proc" "$bare/dev"
}
stage "what it depends on" prepare

# Installs and purges it in a copy, and looks what is left.
run_piuparts() {
  piuparts --existing-chroot="$bare" --distribution=bookworm --keep-sources-list --skip-minimize \
    --no-eatmydata --tmpdir="$root/build" "$deb" >"$bare.piuparts.log" 2>&1
}
stage "piuparts" run_piuparts

boot() {
  local nspawn child
  # systemd-nspawn refuses a disk.
  mkdir -p /run/systemd && mount -t tmpfs tmpfs /run/systemd || return
  systemd-nspawn --quiet --directory="$bare" --register=no --keep-unit --private-network \
    --link-journal=no --boot >"$bare.boot.log" 2>&1 </dev/null &
  nspawn=$!
  for ((i = 0; i < 300; ++i)); do
    kill -0 "$nspawn" 2>/dev/null || fail "the container ended"
    child=$(cut -d ' ' -f 1 "/proc/$nspawn/task/$nspawn/children")
    [[ -z $child || $(cat "/proc/$child/comm" 2>/dev/null) != systemd ]] || break
    sleep 0.1
  done
  leader=$child
  inside=(nsenter --target "$leader" --all --root --wd=/root
    /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin)
  # Its sockets come a moment later than the process.
  for ((i = 0; i < 300; ++i)); do
    is_up=$("${inside[@]}" systemctl is-system-running --wait 2>/dev/null) || true
    [[ $is_up != running && $is_up != degraded ]] || return 0
    sleep 0.1
  done
  fail "the container did not boot"
}
stage "boot" boot

# Every file with its mode and owner, but for what dpkg, systemd and their like write down, and the
# user, who stays.
files() {
  "${inside[@]}" find / -xdev \( -path /root -o -path /tmp -o -path /var/tmp -o -path '/var/lib/dpkg/*' \
    -o -path '/var/lib/apt/*' -o -path '/var/cache/*' -o -path '/var/log/*' \
    -o -path '/etc/passwd*' -o -path '/etc/group*' -o -path '/etc/shadow*' -o -path '/etc/gshadow*' \
    -o -path /etc/.pwd.lock \) -prune -o -printf '%p %y %m %u:%g %l\n' | sort
}
files >"$bare/root/before"

mode_of() {
  "${inside[@]}" stat -c '%A %U:%G' "$1"
}
unit_is() {
  is "the unit's $1" "$("${inside[@]}" systemctl show --property="$1" --value tinybook)" "$2"
}
field() {
  # shellcheck disable=SC2016 # A field of dpkg.
  "${inside[@]}" dpkg-query --show --showformat '${'"$1"'}' tinybook
}
serves() {
  "${inside[@]}" journalctl --no-pager --unit=tinybook >"$bare/root/journal.log"
  unit_is ActiveState active
  unit_is StatusText serving
  "${inside[@]}" tinybook --probe http://127.0.0.1:8081/readyz || fail "it is not ready"
}
ask() {
  nsenter --target "$leader" --net curl --silent --show-error --fail --json "$2" \
    "http://127.0.0.1:8081$1" >&2 || fail "POST $1"
}
ann='"email": "ann@example.org", "password": "correct horse"'

install_it() {
  apt install /root/first.deb
  "${inside[@]}" dpkg --verify tinybook || fail "files are not as packed"
  is "the binary" "$(mode_of /usr/bin/tinybook)" "-rwxr-xr-x root:root"
  is "the configuration" "$(mode_of /etc/tinybook/tinybook.toml)" "-rw-r----- root:tinybook"
  [[ $(field Conffiles) == *" /etc/tinybook/tinybook.toml "* ]] || fail "the configuration is no conffile"
  is "the user" "$("${inside[@]}" getent passwd tinybook | cut -d : -f 5-)" \
    "tinybook server:/var/lib/tinybook:/usr/sbin/nologin"
  "${inside[@]}" systemctl --quiet is-enabled tinybook || fail "the unit is not enabled"
}
stage "install" install_it

# Under the unit's limits, system calls and all.
use() {
  local pid
  serves
  ask /users/signup "{$ann, \"confirmPassword\": \"correct horse\"}"
  ask /users/login "{$ann}"
  ask /users/login_sms/code/send '{"phone": "13800138000"}'
  pid=$("${inside[@]}" systemctl show --property=MainPID --value tinybook)
  is "capabilities, privileges, filter of system calls" \
    "$("${inside[@]}" sed -n 's/^\(CapBnd\|NoNewPrivs\|Seccomp\):\t//p' "/proc/$pid/status" | paste -sd ' ')" \
    "0000000000000000 1 2"
  is "the data folder" "$(mode_of /var/lib/tinybook)" "drwx------ tinybook:tinybook"
  is "the database" "$(mode_of /var/lib/tinybook/tinybook.db)" "-rw------- tinybook:tinybook"
  is "the keys" "$(mode_of /var/lib/tinybook/keys.json)" "-rw------- tinybook:tinybook"
  "${inside[@]}" systemctl stop tinybook || return
  unit_is Result success
  unit_is ExecMainStatus 0
}
stage "use" use

hang() {
  local drop_in=/run/systemd/system/tinybook.service.d
  "${inside[@]}" sh -c "mkdir $drop_in && printf '[Service]\nWatchdogSec=2s\n' >$drop_in/short.conf" &&
    "${inside[@]}" systemctl daemon-reload && "${inside[@]}" systemctl start tinybook &&
    "${inside[@]}" systemctl kill --signal=STOP tinybook || return
  for ((i = 0; i < 300; ++i)); do
    sleep 0.1
    [[ $("${inside[@]}" systemctl show --property=NRestarts --value tinybook) == 0 ]] || break
  done
  unit_is NRestarts 1
  "${inside[@]}" systemctl start tinybook || return # Waits until it is ready.
  serves
  grep -q 'Watchdog timeout' "$bare/root/journal.log" || fail "the watchdog has not seen that it hangs"
  "${inside[@]}" rm -r "$drop_in" && "${inside[@]}" systemctl daemon-reload
}
stage "hang" hang

upgrade() {
  echo "# Of the operator." >>"$bare/etc/tinybook/tinybook.toml"
  apt install /root/later.deb
  is "the version" "$(field Version)" "$(dpkg-deb --field "$deb" Version)+later"
  is "the configuration's end" "$(tail -n 1 "$bare/etc/tinybook/tinybook.toml")" "# Of the operator."
  is "the configuration" "$(mode_of /etc/tinybook/tinybook.toml)" "-rw-r----- root:tinybook"
  serves
  ask /users/login "{$ann}"
}
stage "upgrade" upgrade

remove() {
  apt remove tinybook
  unit_is ActiveState inactive
  [[ ! -e $bare/usr/bin/tinybook ]] || fail "the binary is left"
  [[ -s $bare/var/lib/tinybook/tinybook.db ]] || fail "the data are gone"
  is "the configuration's end" "$(tail -n 1 "$bare/etc/tinybook/tinybook.toml")" "# Of the operator."
  apt install /root/later.deb
  serves
  ask /users/login "{$ann}"
}
stage "remove, and install again" remove

purge() {
  apt purge tinybook
  files >"$bare/root/after"
  diff "$bare/root/before" "$bare/root/after" >&2 || fail "a purge leaves or takes files"
}
stage "purge" purge
tell_time_spent
