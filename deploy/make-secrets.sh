#!/usr/bin/env bash
# Makes what deploy/compose.yml and deploy/kubernetes/ need to be secret, once: master keys,
# the token of the admin listener, passwords of PostgreSQL and Redis, a file of each. What is
# there already stays.
#   deploy/make-secrets.sh [FOLDER]      (default: deploy/secrets, which git ignores)
# As root the files become the container's user's, which deploy/compose.yml needs.
# TINYBOOK: a binary that makes the keys, instead of the image tinybook:trial.
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"
help_asked "${1:-}"

folder=${1:-$root/deploy/secrets}
umask 077
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# once NAME: standard input becomes the file, whole or not at all; one that is there stays.
once() {
  # Who writes to a pipe that nobody reads is killed.
  [[ ! -e $folder/$1 ]] || { cat >/dev/null && return 0; }
  cat >"$folder/.$1"
  mv "$folder/.$1" "$folder/$1"
}
random() {
  head -c 32 /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d =
}

random | once admin.token
random | once postgres.password
random | once redis.password
printf 'requirepass %s\n' "$(cat "$folder/redis.password")" | once redis.conf
if [[ ! -e $folder/keys.json ]]; then
  if [[ -n ${TINYBOOK:-} ]]; then
    "$TINYBOOK" --new-keys "$folder/keys.json"
  else
    docker run --rm --network none --user "$(id -u):$(id -g)" --volume "$folder:/secrets" \
      tinybook:trial --new-keys /secrets/keys.json
  fi
fi
if ((EUID == 0)); then
  chown 10001:10001 "$folder"/*
fi
chmod 400 "$folder"/*
