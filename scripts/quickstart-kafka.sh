#!/usr/bin/env bash
# Builds what is needed and plays the incident that etcd-mirror was made for with Kafka in between:
# two real etcd servers, a broker and a worker of Kafka Connect on this machine, and the real
# service. It ends by itself and leaves nothing running. Arguments are handed to Maven.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
ETCD_BIN=$(sed -n 's/^ETCD_BIN=//p' <<<"$settings")
export ETCD_BIN
settings=$("$BASH" "$here/install-kafka.sh" "${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/kafka")
libs=$(sed -n 's/^KAFKA_LIBS=//p' <<<"$settings")

say 'building (the first time Maven fetches what it needs, which takes minutes)'
mvn -q package -pl examples/kafka,etcd-mirror-service,etcd-mirror-kafka,etcd-mirror-kafka-connect -am \
  -DskipTests -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip "$@"

exec "$JAVA_LAUNCHER" -Xmx256m -jar examples/kafka/target/quickstart-kafka.jar \
  etcd-mirror-service/target/etcd-mirror.jar etcd-mirror-kafka/target/etcd-mirror-kafka-*-plugin.jar \
  etcd-mirror-kafka-connect/target/etcd-mirror-kafka-connect-*-plugin.jar "$libs"
