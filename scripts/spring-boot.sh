#!/usr/bin/env bash
# Runs the tests of the starter under the newest line of Spring Boot that it supports: the profile
# spring-boot-4.1 of pom.xml. Every other build uses the oldest line. Arguments are handed to Maven.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

need_jdk
need_maven
need_etcd

profile=spring-boot-4.1
version=$(sed -n "/<id>$profile</,/<.profile>/s#.*<spring-boot.version>\(.*\)</spring-boot.version>.*#\1#p" pom.xml)
[ -n "$version" ] || die "pom.xml has no profile $profile with a spring-boot.version"
say "testing the starter under Spring Boot $version"
# Classes of the older line are compiled again; both are what users have.
rm -rf etcd-mirror-spring-boot-starter/target/classes etcd-mirror-spring-boot-starter/target/test-classes
mvn -B -q test -P"$profile" -pl etcd-mirror-spring-boot-starter -am \
  -Dtest='org/etcdmirror/spring/**/*Test' -Dsurefire.failIfNoSpecifiedTests=false \
  -DexcludedGroups=long,soak -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip "$@"
rm -rf etcd-mirror-spring-boot-starter/target/classes etcd-mirror-spring-boot-starter/target/test-classes
