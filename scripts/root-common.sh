# shellcheck shell=bash
# What the scripts that try something in a bare Debian root share; sourced, never run.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# enter_namespaces [ARGUMENT...]: runs this script anew with mount and process namespaces of its own,
# so that everything that starts here ends with it. Needs root.
enter_namespaces() {
  ((EUID == 0)) || fail "a root of its own needs root: sudo scripts/$(basename "$0")"
  [[ -n ${TINYBOOK_OWN_NAMESPACES:-} ]] ||
    TINYBOOK_OWN_NAMESPACES=1 exec unshare --mount --mount-proc --pid --fork --kill-child "$0" "$@"
}

# take_folder: $bare is build/NAME-OF-THE-SCRIPT, made anew and removed at the end; "${inside[@]}"
# runs a command in it. A failure shows the end of the files $bare… that `logs` names.
logs=()
take_folder() {
  bare=$root/build/$(basename "$0" .sh)
  # shellcheck disable=SC2034 # The script uses it.
  inside=(chroot "$bare" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
    ${http_proxy:+"http_proxy=$http_proxy"})
  mkdir -p "$root/build"
  rm -rf --one-file-system "$bare" # Left by a run that was killed.
  mkdir "$bare"
  trap leave_folder EXIT
}

leave_folder() {
  local code=$?
  ((code == 0)) || tail -n 40 "${logs[@]/#/$bare}" 2>/dev/null >&2 || true
  jobs -p | xargs -r kill 2>/dev/null || true
  wait
  umount --recursive "$bare/proc" "$bare/dev" 2>/dev/null || true
  rm -rf --one-file-system "$bare" "$bare".*log
}

# make_root: Debian's base alone, from the release, the mirror and the proxy of this machine.
make_root() {
  local from
  # shellcheck disable=SC2016 # These are variables of apt.
  mapfile -t from < <(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' \
    'Created-By: Packages' 'Component: main' | grep '^bookworm ')
  ((${#from[@]} > 0)) || fail "this machine has no source of the packages of bookworm"
  debootstrap --variant=minbase bookworm "$bare" "${from[0]#* }" >"$bare.log" 2>&1 || {
    tail -n 20 "$bare.log" >&2
    return 1
  }
  rm "$bare.log"
  cp /etc/resolv.conf /etc/hosts "$bare/etc/"
  mount --bind /dev "$bare/dev"
  mount -t proc proc "$bare/proc"
}
