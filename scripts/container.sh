#!/usr/bin/env bash
# Builds the image of deploy/Dockerfile without a registry, with buildah over a base that
# debootstrap makes, and runs it: root read-only, its own user, no capabilities, no shell; asks
# its health check and stops it. Prints the image's size.
# Needs root and 6 GB in build/ while it runs; takes about ten minutes.
#   scripts/container.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"
((EUID == 0)) || fail "an image without a daemon needs root: sudo scripts/container.sh"

# With mount and process namespaces of its own everything that starts here ends with it.
if [[ -z ${TINYBOOK_CONTAINER:-} ]]; then
  TINYBOOK_CONTAINER=1 exec unshare --mount --pid --fork --kill-child --mount-proc "$0"
fi

stage "packages" "$root/scripts/install-deps.sh" container
mkdir -p "$root/build"
work=$root/build/container
rm -rf --one-file-system "$work" # Left by a run that was killed.
mkdir "$work"
cleanup() {
  local code=$?
  ((code == 0)) || tail -n 40 "$work"/*.log 2>/dev/null >&2 || true
  cd / # Out of what is unmounted.
  jobs -p | xargs -r kill 2>/dev/null || true
  wait
  umount --recursive "$work/root" 2>/dev/null || true
  umount "$work/net" 2>/dev/null || true
  in_store umount --all >/dev/null 2>&1 || true
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT

in_store() {
  buildah --root "$work/store" --runroot "$work/run" --storage-driver vfs "$@"
}

# The release, the mirror and the proxy of this machine.
# shellcheck disable=SC2016 # These are variables of apt.
mapfile -t from < <(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' \
  'Created-By: Packages' 'Component: main' | grep '^bookworm ')
((${#from[@]} > 0)) || fail "this machine has no source of the packages of bookworm"
base() {
  debootstrap --variant=minbase bookworm "$work/base" "${from[0]#* }" >"$work/base.log" 2>&1 || return
  local container
  container=$(in_store from scratch) || return
  cp -a "$work/base/." "$(in_store mount "$container")/" || return
  in_store commit --quiet --rm "$container" docker.io/library/debian:bookworm-slim >/dev/null || return
  rm -rf "$work/base"
}
image() {
  in_store build --isolation chroot --network host --pull-never --format docker \
    --file "$root/deploy/Dockerfile" --tag tinybook "$root" >"$work/image.log" 2>&1
}
stage "a base in place of debian:bookworm-slim" base
stage "the image" image

# told TEMPLATE: what the image says, a word a line.
told() { in_store inspect --type image --format "$1" tinybook; }
mapfile -t entrypoint < <(told '{{range .Docker.Config.Entrypoint}}{{println .}}{{end}}' | grep .)
mapfile -t variables < <(told '{{range .Docker.Config.Env}}{{println .}}{{end}}' | grep .)
mapfile -t health < <(told '{{range .Docker.Config.Healthcheck.Test}}{{println .}}{{end}}' | grep .)
user=$(told '{{.Docker.Config.User}}')
[[ $user == 10001:10001 && ${health[0]} == CMD ]] || fail "user $user, health check ${health[*]}"

# A root as a container's with --read-only: only the volume is written to.
lay_root() {
  mkdir "$work/root"
  mount --bind "$(in_store mount "$(in_store from --pull-never tinybook)")" "$work/root"
  cd "$work/root"
  mount -t proc proc proc
  mount -t tmpfs tmpfs dev
  mknod -m 666 dev/null c 1 3
  mknod -m 666 dev/urandom c 1 9
  mount -t tmpfs -o "mode=700,uid=${user%:*},gid=${user#*:}" tmpfs data
  # What needs a shell fails.
  for shell in usr/bin/{sh,dash,bash}; do mount --bind dev/null "$shell"; done
  mount -o remount,bind,ro "$work/root"
}
# In front of a command: as the container's process.
within=(nsenter --net="$work/net" chroot "$work/root" /usr/bin/env --ignore-environment
  "${variables[@]}" /usr/bin/setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups
  --inh-caps=-all --bounding-set=-all --no-new-privs)
# In a network of its own, for its ports are fixed.
try() {
  lay_root
  touch "$work/net"
  unshare --net="$work/net" ip link set lo up
  ! "${within[@]}" /bin/sh -c true 2>/dev/null || fail "there is a shell"
  ! "${within[@]}" /usr/bin/touch /usr/local/new 2>/dev/null || fail "the root can be written to"
  ! "${within[@]}" "${health[@]:1}" >"$work/health.log" 2>&1 || fail "healthy before it runs"
  "${within[@]}" "${entrypoint[@]}" >"$work/server.log" 2>&1 &
  local server=$!
  for ((i = 0; i < 300; ++i)); do
    ! "${within[@]}" "${health[@]:1}" >"$work/health.log" 2>&1 || break
    kill -0 "$server" || fail "it ended"
    sleep 0.1
  done
  "${within[@]}" "${health[@]:1}" || fail "not healthy after half a minute"
  kill -TERM "$server"
  wait "$server" || fail "it did not end well"
  grep -q ' stopped' "$work/server.log" || fail "it did not stop in order"
}
stage "the container" try
say "the image: $(in_store images --format '{{.Size}}' tinybook), of it the base $(in_store images \
  --format '{{.Size}}' debian:bookworm-slim)"
tell_time_spent
