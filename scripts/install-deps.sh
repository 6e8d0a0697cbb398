#!/usr/bin/env bash
# Installs the needed packages of the distribution without asking; does nothing if all are
# there.
#   scripts/install-deps.sh [--list] [GROUP...]      (default: build)
# --list installs nothing: it prints the packages of the groups.
# build                    to build and run tinybook
# test                     to build the tests, too
# redis, postgres, kafka   a server
# api                      for tests/api/; Node and npm from elsewhere serve, too
# sanitize                 for the sanitizer build
# lint, bench, demo        for scripts/lint.sh, bench*.sh, demo*.sh
# cluster                  for scripts/cluster.sh, in addition to the three servers
# bare                     for scripts/bare-root.sh
# package                  for scripts/package.sh, in addition to build
# package_root             for scripts/package-root.sh
# texts                    for tests/package/
# browser                  for tests/browser/; Node and npm as above
# pictures                 for scripts/pictures.sh, in addition to browser
# deploy                   to check deploy/
# namespaces               for tests/deploy/, in addition to browser and the three servers
# container                for scripts/container.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
export LC_ALL=C
help_asked "${1:-}"

declare -A packages_of=(
  # cmake/Dependencies.cmake looks for the same libraries.
  [build]="clang-19 cmake ninja-build pkg-config mold
    libcaf-dev libcpp-httplib-dev libsqlite3-dev libtomlplusplus-dev libcli11-dev
    libspdlog-dev nlohmann-json3-dev libsodium-dev libjwt-dev libphonenumber-dev
    libprotobuf-dev libutfcpp-dev libutf8proc-dev libidn2-dev libgumbo-dev libkainjow-mustache-dev
    libicu-dev libzxcvbn-dev
    prometheus-cpp-dev zlib1g-dev libssl-dev
    libhiredis-dev librdkafka-dev libpqxx-dev libsystemd-dev curl"
  [test]="doctest-dev librapidcheck-dev git"
  [sanitize]="libclang-rt-19-dev llvm-19"
  [redis]="redis-server"
  [postgres]="postgresql"
  [kafka]="default-jre-headless maven"
  [api]="nodejs npm python3-venv default-jre-headless maven curl"
  [lint]="clang-format shellcheck git python3-venv"
  [cluster]="redis-tools curl"
  [bench]="wrk curl sqlite3"
  [demo]="curl"
  [bare]="debootstrap git"
  [package]="debhelper dpkg-dev fakeroot lintian blhc systemd man-db git python3"
  [package_root]="debootstrap systemd-container piuparts git curl"
  [texts]="python3 zsh fish"
  [browser]="chromium-headless-shell nodejs npm openssl"
  [pictures]="fonts-noto-cjk pngquant"
  [deploy]="python3-venv docker-compose haproxy"
  [namespaces]="iproute2 util-linux"
  [container]="buildah debootstrap iproute2"
)

# missing PACKAGE...: those that are not installed, one a line.
missing() {
  comm -23 <(printf '%s\n' "$@" | sort -u) \
    <(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
      sed -n 's/^installed //p' | sort -u)
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    fail "packages must be installed as root, or with a sudo that asks for no password.
As root: apt-get install --no-install-recommends ${wanted[*]}"
  fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get \
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 -q "$@"
}

# The lines of apt's log that show progress: the libraries bring some hundred packages.
thin_out_apt() {
  local line got=0 unpacked=0 ready=0
  while IFS= read -r line; do
    case $line in
    'Need to get'* | Fetched* | E:* | Err:*) printf '%s\n' "$line" ;;
    Get:*) ((++got % 25)) || printf '%s fetched\n' "$got" ;;
    'Unpacking '*) ((++unpacked % 25)) || printf '%s unpacked\n' "$unpacked" ;;
    'Setting up '*) ((++ready % 25)) || printf '%s set up\n' "$ready" ;;
    esac
  done >&2
}

# The whole log is shown only where it fails.
install() {
  local log
  log=$(mktemp)
  say "installing ${wanted[*]}"
  if ! { apt update && apt install -y --no-install-recommends "${wanted[@]}"; } 2>&1 |
    tee "$log" | thin_out_apt; then
    tail -n 40 "$log" >&2
    rm -f "$log"
    fail "the packages could not be installed; the end of the log stands above"
  fi
  rm -f "$log"
}

list=no
if [[ ${1:-} == --list ]]; then
  list=yes
  shift
fi
(($# > 0)) || set -- build
packages=()
for group in "$@"; do
  [[ -n ${packages_of[$group]:-} ]] || fail "unknown group \"$group\"; --help lists them"
  read -r -d '' -a names < <(printf '%s\0' "${packages_of[$group]}")
  packages+=("${names[@]}")
done

if [[ $list == yes ]]; then
  printf '%s\n' "${packages[@]}"
  exit 0
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  fail "this needs Debian 12 or a relative (no apt-get here); install by hand what answers to:
${packages[*]}"
fi

# Debian's npm does not go with the nodejs of others.
if command -v node >/dev/null && command -v npm >/dev/null; then
  mapfile -t packages < <(printf '%s\n' "${packages[@]}" | grep -vxE 'nodejs|npm')
fi
mapfile -t wanted < <(missing "${packages[@]}")
((${#wanted[@]} == 0)) || install
