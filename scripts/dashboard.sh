#!/usr/bin/env bash
# Plays an incident between two real etcds, has a real Prometheus record the service, and draws the
# panels of ops/grafana/etcd-mirror.json: docs/dashboard.svg, or the file that is named. Two minutes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
while IFS= read -r line; do
  export "${line?}"
done <<<"$settings"
setting=$("$BASH" "$here/install-promtool.sh" "${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/prometheus")
prometheus=$(dirname "${setting#PROMTOOL=}")/prometheus
[ -x "$prometheus" ] || die "there is no prometheus beside ${setting#PROMTOOL=}"

log=$PWD/benchmarks/target/build.log
mkdir -p "${log%/*}"
say "building; the log is $log"
mvn -B -q package -pl etcd-mirror-service,benchmarks -am -DskipTests \
  -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip >"$log" 2>&1 ||
  die "the build failed: $log"
exec "$JAVA_LAUNCHER" -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath.txt)" \
  org.etcdmirror.benchmarks.dashboard.DashboardPicture "$prometheus" \
  etcd-mirror-service/target/etcd-mirror.jar ops/grafana/etcd-mirror.json "${1:-docs/dashboard.svg}"
