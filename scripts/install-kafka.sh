#!/usr/bin/env bash
# Makes the jars of Kafka's server and of its worker of Kafka Connect available, which the tests of
# etcd-mirror-kafka and etcd-mirror-kafka-connect start: those in the directory that KAFKA_LIBS
# names, or those that Maven fetches into DIR.
#
#   install-kafka.sh DIR    prints KAFKA_LIBS=...
#
# Results go to standard output, everything else to standard error.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

[ $# -eq 1 ] || die "usage: $0 DIR"
need_jdk
need_maven

version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/../pom.xml")
[ -n "$version" ] || die 'pom.xml names no kafka.version'

print_if_complete() {
  if [ -n "$(compgen -G "$1/kafka_*.jar" || true)" ] &&
    [ -n "$(compgen -G "$1/connect-runtime-*.jar" || true)" ]; then
    echo "KAFKA_LIBS=$1"
    exit 0
  fi
}

if [ -n "${KAFKA_LIBS:-}" ]; then
  print_if_complete "$KAFKA_LIBS"
  die "$KAFKA_LIBS holds no kafka_*.jar or no connect-runtime-*.jar; correct or unset KAFKA_LIBS"
fi
# Not the directory without the worker's jars that an older version of this script made.
libs=$1/$version-connect
print_if_complete "$libs"
say "fetching the jars of Kafka $version"
mkdir -p "$1"
work=$(mktemp -d "$1/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
mvn -B -q -f "$here/../etcd-mirror-kafka/broker/pom.xml" dependency:copy-dependencies \
  -Dkafka.version="$version" -DoutputDirectory="$work/libs" >&2 ||
  die 'no Kafka: its jars could not be fetched; set KAFKA_LIBS to a directory with them'
mv -T "$work/libs" "$libs"
print_if_complete "$libs"
die "no Kafka: $libs holds no kafka_*.jar or no connect-runtime-*.jar"
