#!/usr/bin/env bash
# Checks that a release could be made: two builds of this commit give the same bytes, each module has
# the files of a release, and the API is compatible with the last release. Arguments are handed to
# Maven. Both builds are made of copies, so that nothing of the work tree gets into them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

need_jdk
need_maven
[ -z "$(git status --porcelain)" ] || say 'uncommitted changes are not in what is checked'
commit=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The checksum and the name of each file of a release.
build() {
  local copy=$work/$1
  shift
  mkdir "$copy"
  git archive "$commit" | tar -x -C "$copy"
  (
    cd "$copy"
    mvn -B -q package -Prelease -Dgpg.skip -Dmaven.test.skip -Dspotless.check.skip "$@" >&2
    find . -path '*/target/*' \
      \( -name '*.jar' -o -name '*-cyclonedx.json' -o -name '*.deb' -o -name '*.tar.gz' \) \
      -not -name 'original-*' -type f | sort | xargs sha256sum
  )
}

say 'first build'
build one "$@" >"$work/one.sums"
say 'second build'
build two "$@" >"$work/two.sums"
if ! diff "$work/one.sums" "$work/two.sums"; then
  die 'the two builds differ in the files above'
fi
say "$(wc -l <"$work/one.sums") files are the same in both builds"

for module in api core v2 v3-rpc v3 testkit junit spring-boot-starter; do
  for kind in .jar -sources.jar -javadoc.jar -cyclonedx.json; do
    grep -q "etcd-mirror-$module-[0-9][^/]*[0-9T]$kind\$" "$work/one.sums" ||
      die "etcd-mirror-$module has no $kind"
  done
done

for kind in _all.deb .tar.gz; do
  grep -q "packaging/target/etcd-mirror[^/]*$kind\$" "$work/one.sums" ||
    die "packaging has no etcd-mirror$kind"
done

last=$(sed -n 's#.*<last.release>\(.*\)</last.release>.*#\1#p' pom.xml)
if [ -z "$last" ]; then
  say 'the API was compared with nothing: there is no release yet (last.release in pom.xml is empty)'
else
  say "comparing the API with $last"
  (
    cd "$work/one"
    mvn -B -q verify -Papi-check -am \
      -pl etcd-mirror-api,etcd-mirror-core,etcd-mirror-v2,etcd-mirror-v3,etcd-mirror-file,etcd-mirror-kafka,etcd-mirror-kafka-connect,etcd-mirror-testkit,etcd-mirror-junit,etcd-mirror-spring-boot-starter \
      -Dmaven.test.skip -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip "$@"
  )
fi
