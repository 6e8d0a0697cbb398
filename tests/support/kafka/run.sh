#!/usr/bin/env bash
# One Kafka broker on 127.0.0.1, in this very process; the same folder again keeps its data.
#   run.sh FOLDER PORT CONTROLLER_PORT [KEY=VALUE...]     KEY=VALUE: more broker settings
# ADVERTISED_PORT: where clients are told to connect, for a proxy in between.
# Stands in the prepared folder (scripts/prepare-kafka.sh), which it needs.
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1 port=$2 controller_port=$3
shift 3

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
{
  sed "s#@FOLDER@#$folder#g;s#@PORT@#$port#g;s#@CONTROLLER_PORT@#$controller_port#g
s#@ADVERTISED_PORT@#${ADVERTISED_PORT:-$port}#g" "$home/server.properties.in"
  printf '%s\n' "$@"
} >"$folder/server.properties"
if [[ ! -e $folder/log/meta.properties && -e $home/template ]]; then
  mkdir -p "$folder/log"
  cp "$home"/template/* "$folder/log/"
fi

# Relative names: the archive of classes survives a move of the folder.
cd "$home"
classes=$(printf '%s\n' lib/*.jar | LC_ALL=C sort | paste -sd:)
options=(-Xmx256m -Xms64m -Xss512k -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData
  -Dlog4j.configuration=file:log4j.properties)
if [[ -n ${KAFKA_JAVA_OPTION:-} ]]; then
  options+=("$KAFKA_JAVA_OPTION")
elif [[ -e classes.jsa ]]; then
  options+=(-XX:SharedArchiveFile=classes.jsa)
fi
if [[ ! -e $folder/log/meta.properties ]]; then
  java "${options[@]}" -cp "$classes" kafka.tools.StorageTool format \
    -t AAAAAAAAAAAAAAAAAAAAAQ -c "$folder/server.properties" >&2
fi
# It ends with whoever started it, however that ends.
exec setpriv --pdeathsig KILL java "${options[@]}" -cp "$classes" kafka.Kafka "$folder/server.properties"
