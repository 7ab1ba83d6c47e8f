#!/usr/bin/env bash
# Measures the sink of Kafka beside a plain producer that is fed by the same watch of etcd v3.
#   scripts/benchmark-kafka.sh [RUNS [REVISIONS [PUTS]]]
# By default three runs, a backlog of 50,000 revisions and 2,000 single puts. Prints a table.
# ETCD_BIN and KAFKA_LIBS name another etcd and other jars of Kafka.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

[ $# -le 3 ] || die "usage: $0 [RUNS [REVISIONS [PUTS]]]"
need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
settings+=$'\n'$("$BASH" "$here/install-kafka.sh" "${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/kafka")
while IFS= read -r line; do
  export "${line?}"
done <<<"$settings"

log=$PWD/benchmarks/target/build.log
mkdir -p "${log%/*}"
say "building; the log is $log"
mvn -B -q package -pl benchmarks -am -DskipTests -Dspotless.check.skip -Dmaven.javadoc.skip \
  -Dmaven.source.skip >"$log" 2>&1 || die "the build failed: $log"

exec "$JAVA_LAUNCHER" -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath.txt)" \
  org.etcdmirror.benchmarks.kafka.KafkaBenchmark "${1:-3}" "${2:-50000}" "${3:-2000}"
