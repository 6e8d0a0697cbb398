#!/usr/bin/env bash
# Prepares a Kafka broker that starts quickly, for the tests and scripts/cluster.sh: its
# libraries, formatted storage, an archive of loaded classes. Done once for each machine,
# outside of the source tree. Prints the folder.
#   scripts/prepare-kafka.sh        Needs the packages of `scripts/install-deps.sh kafka`.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

recipe=$root/tests/support/kafka
home=${XDG_CACHE_HOME:-$HOME/.cache}/tinybook/kafka
stamp=$(cat "$recipe"/* "$0" | sha256sum | cut -d' ' -f1)
mkdir -p "$(dirname "$home")"
unless_made "$home" "$stamp"

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  printf '%s' "$port"
}

work=$(mktemp -d "$home.XXXXXX")
broker=
cleanup() {
  [[ -z $broker ]] || kill -9 "$broker" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
cp "$recipe"/* "$work/"

say "fetching Kafka's libraries"
mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
  -DoutputDirectory="$work/lib" >&2

say "formatting a storage and archiving the classes"
: >"$work/first.log"
KAFKA_JAVA_OPTION=-XX:ArchiveClassesAtExit=classes.jsa \
  "$work/run.sh" "$work/first" "$(free_port)" "$(free_port)" >>"$work/first.log" 2>&1 9>&- &
broker=$!
for ((i = 0; i < 600; ++i)); do
  ! grep -q 'Kafka Server started' "$work/first.log" || break
  kill -0 "$broker" 2>/dev/null || fail "the broker did not start: $(tail -n 20 "$work/first.log")"
  sleep 0.1
done
grep -q 'Kafka Server started' "$work/first.log" || fail "the broker did not start in a minute"
kill "$broker"
wait "$broker" || true
broker=
mkdir "$work/template"
cp "$work"/first/log/{meta.properties,bootstrap.checkpoint} "$work/template/"
rm -rf "$work/first" "$work/first.log"

printf '%s\n' "$stamp" >"$work/stamp"
rm -rf "$home"
mv "$work" "$home"
printf '%s\n' "$home"
