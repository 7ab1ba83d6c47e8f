#!/usr/bin/env bash
# Writes the docs as a site to target/site: static pages with search, the plots and pictures, and the
# Javadoc of all published modules in one. It needs no server and loads nothing from others.
# Arguments are handed to Maven.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

need_jdk
need_maven
site=$PWD/target/site
# All modules of the BOM but the messages of gRPC, which are generated.
published=()
while IFS= read -r module; do
  published+=("$module")
done < <(sed -n 's:.*<artifactId>\(etcd-mirror-[a-z0-9-]*\)</artifactId>.*:\1:p' etcd-mirror-bom/pom.xml |
  grep -vxE 'etcd-mirror-(bom|v3-rpc)')
[ "${#published[@]}" -gt 1 ] || die 'etcd-mirror-bom/pom.xml names no modules'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$site"
mkdir -p "$site" "$work/sources"

say 'compiling the modules'
all=$(IFS=,; echo "site,${published[*]}")
# One module needs the test classes of another one.
mvn -B -q test-compile dependency:build-classpath -pl "$all" -am -Dmdep.includeScope=compile \
  -Dmdep.outputFile=target/classpath "$@"

say 'writing the pages'
"$JAVA_LAUNCHER" -cp "site/target/classes:$(cat site/target/classpath)" \
  org.etcdmirror.site.Main . "$site"

say 'writing the Javadoc of all modules'
classes=''
for module in "${published[@]}"; do
  # What is internal is compiled, and not described. Some modules are none to Java, so all are read
  # as one.
  tar -C "$module/src/main/java" -cf - --exclude=internal --exclude=module-info.java . |
    tar -C "$work/sources" -xf -
  classes=$classes:$module/target/classes:$(cat "$module/target/classpath")
done
"$JAVA_HOME/bin/javadoc" -quiet -Xdoclint:all,-missing -Werror -encoding UTF-8 -notimestamp \
  --no-platform-links -windowtitle etcd-mirror -doctitle etcd-mirror -d "$site/api" \
  -classpath "${classes#:}" -sourcepath "$work/sources" -subpackages org.etcdmirror

say "open $site/index.html; it has $(find "$site" -name '*.html' -not -path "$site/api/*" | wc -l) pages beside the Javadoc"
