#!/usr/bin/env bash
# Builds what is needed and plays the incident that etcd-mirror was made for: two real etcd servers
# on this machine and the real service between them. Arguments are handed to Maven.
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

say 'building (the first time Maven fetches what it needs, which takes minutes)'
mvn -q package -pl examples/quickstart,etcd-mirror-service -am -Dmaven.test.skip \
  -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip "$@"

exec "$JAVA_LAUNCHER" -Xmx256m -jar examples/quickstart/target/quickstart.jar \
  etcd-mirror-service/target/etcd-mirror.jar
