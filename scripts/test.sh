#!/usr/bin/env bash
# Builds everything and runs all tests, on a real etcd, on the JDK that builds and again on the
# newest one of this machine. Arguments are handed to Maven. SKIP_NEWEST_JDK=1 leaves the second
# run out; so does a first one of more than 40 minutes, or of NEWEST_JDK_WITHIN seconds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

if [ "${1:-}" = --fast ]; then
  shift
  exec "$BASH" "$here/fast.sh" "$@"
fi

# Exports each line NAME=VALUE of its argument.
export_lines() {
  local line
  while IFS= read -r line; do
    export "${line?}"
    say "$line"
  done <<<"$1"
}

# The launcher of the newest JDK that is newer than the building one; nothing if there is none.
newest_java() {
  local newest=$JAVA_MAJOR found='' candidate major
  for candidate in /usr/lib/jvm/*/bin/java $(compgen -e JAVA_HOME_ | while read -r name; do
    echo "${!name}/bin/java"
  done); do
    [ -x "$candidate" ] || continue
    major=$(java_major "$candidate")
    if [ "${major:-0}" -gt "$newest" ]; then
      newest=$major
      found=$candidate
    fi
  done
  echo "$found"
}

need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
export_lines "$settings"
if [ -z "${ETCD35_BIN:-}" ]; then
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/etcd-3.5
  if settings=$("$BASH" "$here/install-etcd.sh" 3.5 "$cache"); then
    export_lines "$settings"
  else
    say 'no etcd 3.5 here: testing with the default etcd only'
  fi
fi

say "building and testing on JDK $JAVA_MAJOR"
mvn -B verify "$@"

# Arguments choose tests, and the consumer has none to choose from.
if [ $# -eq 0 ]; then
  "$BASH" "$here/consumer.sh"
fi

if [ "${SKIP_NEWEST_JDK:-}" = 1 ]; then
  exit 0
fi
within=${NEWEST_JDK_WITHIN:-2400}
if [ "$SECONDS" -gt "$within" ]; then
  say "this machine took $((SECONDS / 60)) minutes for one run: not testing on a newer JDK as well"
  exit 0
fi
newest=$(newest_java)
if [ -n "$newest" ]; then
  say "testing again on JDK $(java_major "$newest")"
  # What takes minutes was tested once already, and is about etcd rather than about Java.
  mvn -B verify -Dtest.jvm="$newest" -DexcludedGroups=long,soak \
    -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip "$@"
else
  say "no JDK newer than $JAVA_MAJOR here: not testing on another one"
fi
