#!/usr/bin/env bash
# Deploys the library into a directory and builds and runs consumer-test with it, as a project of a
# user would: through the BOM, on the class path and on the module path. It changes nothing in the
# Maven repository of this user. Arguments are handed to Maven.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

need_jdk
need_maven
if [ -z "${ETCD_BIN:-}" ]; then
  settings=$("$BASH" "$here/install-etcd.sh")
  while IFS= read -r line; do
    export "${line?}"
  done <<<"$settings"
fi

work=$PWD/target/consumer
version=$(sed -n 's#^  <version>\(.*\)</version>#\1#p' pom.xml)
bom_version=$(sed -n 's#^  <version>\(.*\)</version>#\1#p' etcd-mirror-bom/pom.xml)
[ "$version" = "$bom_version" ] ||
  die "etcd-mirror-bom has version $bom_version; give it the version of the parent, $version"
mkdir -p "$work"
rm -rf "$work/deployed" "$work/local/org/etcdmirror" consumer-test/target

say "deploying $version to $work/deployed"
mvn -B -q deploy -pl etcd-mirror-bom,etcd-mirror-core,etcd-mirror-v2,etcd-mirror-v3,etcd-mirror-testkit -am \
  -Dmaven.test.skip -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip \
  -Dmaven.install.skip -DaltDeploymentRepository="deployed::file://$work/deployed" "$@"

say 'testing as a consumer'
mvn -B -f consumer-test/pom.xml verify -Dmaven.repo.local="$work/local" \
  -Detcd-mirror.version="$version" -Detcd-mirror.repository="file://$work/deployed" "$@"
