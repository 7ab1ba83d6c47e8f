#!/usr/bin/env bash
# Measures the service side by side with etcdctl make-mirror, a serial loop and the raw limit.
#   scripts/benchmark.sh [quick|full] [WORKLOADS]
# quick has three runs of small workloads (ten minutes on two free cores), full has five runs of
# all (hours). WORKLOADS is a regular expression: only workloads whose names contain it are run, and
# the report keeps what it has of the others. So full can be done in parts.
# Prints tables, and writes a page, JSON and plots to docs/performance, or to the directory REPORT.
# ETCD_BIN and ETCDCTL_BIN name another etcd, BUILD_JDK names the JDK of all Java programs.
# Stopped early, it ends all that it started.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

mode=${1:-quick}
if [ $# -gt 2 ] || ! [[ "$mode" =~ ^(quick|full)$ ]]; then
  die "usage: $0 [quick|full] [WORKLOADS]"
fi

need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
while IFS= read -r line; do
  export "${line?}"
done <<<"$settings"

log=$PWD/benchmarks/target/build.log
mkdir -p "${log%/*}"
say "building; the log is $log"
mvn -B -q package -pl etcd-mirror-service,benchmarks -am -DskipTests \
  -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip >"$log" 2>&1 ||
  die "the build failed: $log"

# The service as the packages install it.
home=$PWD/benchmarks/target/home
rm -rf "$home"
mkdir -p "$home/bin" "$home/lib"
cp packaging/src/main/launcher/etcd-mirror "$home/bin/"
chmod 755 "$home/bin/etcd-mirror"
cp etcd-mirror-service/target/etcd-mirror.jar "$home/lib/"
"$home/bin/etcd-mirror" make-archive

commit=$(git describe --always --dirty 2>/dev/null || echo unknown)
exec "$JAVA_LAUNCHER" -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath.txt)" \
  org.etcdmirror.benchmarks.Benchmark "$mode" "$home/lib/etcd-mirror.jar" \
  "$home/bin/etcd-mirror" "$ETCDCTL_BIN" "$commit" "${REPORT:-docs/performance}" "${2:-}"
