#!/usr/bin/env bash
# Runs the tests of the v2 API on an etcd 3.3, the last that serves v2 without being told to.
# scripts/test.sh calls it. ETCD33_BIN names an etcd 3.3, else one is fetched. Arguments are handed to
# Maven.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

need_jdk
need_maven
if [ -z "${ETCD33_BIN:-}" ]; then
  settings=$("$BASH" "$here/install-etcd.sh" 3.3 "${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/etcd-3.3")
  ETCD33_BIN=$(sed -n 's/^ETCD33_BIN=//p' <<<"$settings")
fi

report=etcd-mirror-v2/target/surefire-reports/TEST-org.etcdmirror.v2.V2SourceTest-etcd33.xml
rm -f "$report"
say "testing the v2 API on $ETCD33_BIN"
ETCD_BIN=$ETCD33_BIN ETCD35_BIN='' mvn -B test -pl etcd-mirror-v2 -am \
  -Dtest='org/etcdmirror/v2/**/*Test' -Dsurefire.failIfNoSpecifiedTests=false \
  -Dsurefire.reportNameSuffix=etcd33 -DexcludedGroups=long,soak -Dspotless.check.skip \
  -Dmaven.javadoc.skip "$@"
[ $# -gt 0 ] || [ -e "$report" ] || die "no tests ran on etcd 3.3: $report is missing; were they renamed?"
