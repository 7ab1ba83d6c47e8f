#!/usr/bin/env bash
# Writes the docs as a site to target/site: static pages with search, the plots and pictures, and the
# Javadoc of all published modules in one. It needs no server and loads nothing from others. With
# --no-api the Javadoc is left out, which saves minutes. Other arguments are handed to Maven.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

api=1
if [ "${1:-}" = --no-api ]; then
  api=''
  shift
fi

need_jdk
need_maven
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf target/site
mkdir -p target/site

say 'writing the pages'
mvn -B -q compile dependency:build-classpath -pl site -am -Dmdep.includeScope=runtime \
  -Dmdep.outputFile="$work/classpath" "$@"
"$JAVA_LAUNCHER" -cp "site/target/classes:$(cat "$work/classpath")" org.etcdmirror.site.Main . target/site

if [ -n "$api" ]; then
  say 'writing the Javadoc of all modules'
  modules=.
  for module in api core v2 v3 file kafka testkit spring-boot-starter; do
    modules=$modules,etcd-mirror-$module
  done
  # Classes of several modules and of jars that are no modules are read together.
  mvn -B -q javadoc:aggregate -pl "$modules" -am -DlegacyMode=true -Dmaven.test.skip \
    -Dmaven.javadoc.skip=false -DexcludePackageNames='*.internal:*.internal.*:org.etcdmirror.v3.rpc' \
    -Ddoctitle='etcd-mirror' -Dwindowtitle='etcd-mirror' "$@"
  cp -R target/reports/apidocs target/site/api
else
  mkdir -p target/site/api
  printf '<!DOCTYPE html>\n<title>No Javadoc</title>\n<p>This site was written without the Javadoc.</p>\n' \
    >target/site/api/index.html
fi
say "open target/site/index.html; it has $(find target/site -name '*.html' -not -path 'target/site/api/*' | wc -l) pages"
