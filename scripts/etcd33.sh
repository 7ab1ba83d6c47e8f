#!/usr/bin/env bash
# Runs the tests of the v2 API, and the contracts of v3, on an etcd 3.3, from which users move.
# scripts/test.sh calls it. ETCD33_BIN names an etcd 3.3, else one is fetched.
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

# A run that found none of its tests would pass as well.
reports=(
  etcd-mirror-v2/target/surefire-reports/TEST-org.etcdmirror.v2.V2SourceTest-etcd33.xml
  etcd-mirror-v3/target/surefire-reports/TEST-org.etcdmirror.v3.V3SourceTest-etcd33.xml
)
rm -f "${reports[@]}"
say "testing on $ETCD33_BIN"
ETCD_BIN=$ETCD33_BIN ETCD35_BIN='' mvn -B test -pl etcd-mirror-v2,etcd-mirror-v3 -am \
  -Dtest='org/etcdmirror/v2/*Test,V2AccessTest,V2ClientTest,V2TreeTest,V2StoredLinksTest,V3SourceTest,V3*ContractTest' \
  -Dsurefire.failIfNoSpecifiedTests=false -Dsurefire.reportNameSuffix=etcd33 \
  -DexcludedGroups=long,soak -Dspotless.check.skip -Dmaven.javadoc.skip
for report in "${reports[@]}"; do
  [ -e "$report" ] || die "these tests did not run on etcd 3.3: $report is missing; were they renamed?"
done
