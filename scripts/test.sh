#!/usr/bin/env bash
# Builds everything and runs all tests, on a real etcd, on the newest JDK of this machine (BUILD_JDK
# names the home of another one), then once more on JDK 17. Arguments are handed to Maven.
# SKIP_JDK_17=1 leaves the second run out; so does a first one of more than 40 minutes, or of
# JDK_17_WITHIN seconds.
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
say_what_was_not_checked

# Arguments choose tests, and the consumer has none to choose from.
if [ $# -eq 0 ]; then
  "$BASH" "$here/consumer.sh"
fi

if [ "$JAVA_MAJOR" -eq 17 ] || [ "${SKIP_JDK_17:-}" = 1 ]; then
  exit 0
fi
if [ -z "$JDK_17" ]; then
  say 'no JDK 17 here: not testing on it as well'
  exit 0
fi
if [ "$SECONDS" -gt "${JDK_17_WITHIN:-2400}" ]; then
  say "this machine took $((SECONDS / 60)) minutes for one run: not testing on JDK 17 as well"
  exit 0
fi
say 'building and testing again on JDK 17'
# Classes that are there would not be compiled again.
find . \( -path '*/target/classes' -o -path '*/target/test-classes' \) -type d -prune -exec rm -rf {} +
# What takes minutes was tested once already, and is about etcd rather than about Java.
JAVA_HOME=$JDK_17 mvn -B verify -DexcludedGroups=long,soak \
  -Dmaven.javadoc.skip -Dmaven.source.skip "$@"
