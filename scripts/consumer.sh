#!/usr/bin/env bash
# Installs the library into a local repository of its own and builds and runs consumer-test with it,
# as a project of a user would: through the BOM, on the class path and on the module path. Then
# consumer-spring-boot does so with the starter, under the versions of Spring Boot. That
# repository begins with links to what this user's has, which stays as it is. Arguments are handed
# to Maven.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

need_jdk
need_maven
need_etcd

work=$PWD/target/consumer
version=$(sed -n 's#^  <version>\(.*\)</version>#\1#p' pom.xml)
bom_version=$(sed -n 's#^  <version>\(.*\)</version>#\1#p' etcd-mirror-bom/pom.xml)
[ "$version" = "$bom_version" ] ||
  die "etcd-mirror-bom has version $bom_version; give it the version of the parent, $version"
local=$work/local
known=$HOME/.m2/repository
if [[ ${MAVEN_OPTS:-} =~ -Dmaven\.repo\.local=([^ ]+) ]]; then
  known=${BASH_REMATCH[1]}
fi
rm -rf "$work" consumer-test/target consumer-spring-boot/target
mkdir -p "$local"
if [ -d "$known" ]; then
  cp -al "$known/." "$local/" 2>/dev/null || cp -a "$known/." "$local/"
  rm -rf "$local/org/etcdmirror"
fi

say "installing $version into $local"
mvn -B -q install -pl etcd-mirror-bom,etcd-mirror-core,etcd-mirror-v2,etcd-mirror-v3,etcd-mirror-file,etcd-mirror-testkit,etcd-mirror-junit,etcd-mirror-spring-boot-starter -am \
  -Dmaven.test.skip -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip \
  -Dmaven.repo.local="$local" "$@"

say 'testing as a consumer'
mvn -B -f consumer-test/pom.xml verify -Dmaven.repo.local="$local" \
  -Detcd-mirror.version="$version" "$@"

say 'testing as a Spring Boot application'
mvn -B -f consumer-spring-boot/pom.xml verify -Dmaven.repo.local="$local" \
  -Detcd-mirror.version="$version" "$@"
