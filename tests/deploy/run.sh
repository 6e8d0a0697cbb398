#!/usr/bin/env bash
# Checks what stands in deploy/.
#   tests/deploy/run.sh CHECK BINARY
# lint         hadolint, docker-compose config, haproxy -c, --check-config, kubernetes-validate
# kubernetes   the manifests as processes of this machine, driven by a browser; needs root
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
help_asked "${1:-}"

lint() {
  local tools
  tools=$("$root/scripts/prepare-deploy.sh")/bin
  "$tools/hadolint" "$root/deploy/Dockerfile"
  docker-compose -f "$root/deploy/compose.yml" config --quiet
  haproxy -c -f "$root/deploy/haproxy.cfg"
  # Its secrets are in the container.
  "$1" --config "$root/deploy/compose.toml" --check-config --set postgres.password_file= \
    --set redis.password_file=
  printf '%s\n' 1.33.0 1.35.0 1.37.0 | xargs -I VERSION -P 2 \
    "$tools/kubernetes-validate" --quiet --strict -k VERSION "$root"/deploy/kubernetes/*.yaml
}

# Everything that it starts ends with the namespaces, and so do the mounts.
kubernetes() {
  ((EUID == 0)) || fail "network namespaces need root: sudo $0 $*"
  BROWSER_PACKAGES=$("$root/scripts/prepare-browser.sh")
  KAFKA_FOLDER=$("$root/scripts/prepare-kafka.sh")
  export BROWSER_PACKAGES KAFKA_FOLDER SERVER_BINARY=$1
  export FAILURE_PICTURES=$root/build/browser/failures CLUSTER_FOLDER
  CLUSTER_FOLDER=$(mktemp -d)
  trap 'rmdir "$CLUSTER_FOLDER"' EXIT
  # shellcheck disable=SC2016 # The inner shell's.
  unshare --net --mount --pid --fork --kill-child --mount-proc bash -c '
    mount -t tmpfs -o mode=711 tmpfs "$CLUSTER_FOLDER"
    mount -t tmpfs tmpfs /run
    node --test --test-reporter=spec "$0"' "$root/tests/deploy/kubernetes.test.js"
}

check=$1 binary=${2:-}
declare -F "$check" >/dev/null || fail "unknown check \"$check\"; --help lists them"
"$check" "$binary"
