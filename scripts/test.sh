#!/usr/bin/env bash
# Builds everything and runs all tests, on a real etcd, on the newest JDK of this machine (BUILD_JDK
# names the home of another one). Where there is a JDK 17 besides, the newest leaves out the tests
# that take minutes, and JDK 17 then builds and runs all of them; or only those, if the first run
# took more than 10 minutes, or WHOLE_WITHIN seconds. SKIP_JDK_17=1 leaves the second run out, and
# has the newest JDK run all. Without arguments, scripts/etcd33.sh, site.sh, spring-boot.sh and consumer.sh
# run as well.
# Arguments are handed to Maven.
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

# Names a further etcd to the tests: the one in this variable, or one that is fetched.
add_etcd() {
  local version=$1 variable=ETCD${1/./}_BIN
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/etcd-$version
  if [ -z "${!variable:-}" ]; then
    settings=$("$BASH" "$here/install-etcd.sh" "$version" "$cache") || return 1
    export_lines "$settings"
  fi
}

# Said at the end, below the output of Maven.
not_run=''
say_what_did_not_run() {
  [ -z "$not_run" ] || say "NOT RUN: $not_run"
}
trap say_what_did_not_run EXIT

add_etcd 3.5 || say 'no etcd 3.5 here: testing with the default etcd only'
add_etcd 3.3 || not_run='the tests on etcd 3.3, because none could be fetched; set ETCD33_BIN to the path of one'

promtool_home=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/prometheus
if settings=$("$BASH" "$here/install-promtool.sh" "$promtool_home"); then
  export_lines "$settings"
  "$BASH" "$here/alerts.sh"
else
  say 'no promtool here: the alert rules are not checked'
fi

# A page is tested once, on the newest JDK.
browser=''
if settings=$("$BASH" "$here/install-chromium.sh"); then
  export_lines "$settings"
else
  browser=,browser
  not_run=${not_run:+$not_run; }'the tests of the status page in a browser, because there is no Chromium; set CHROMIUM_BIN to one'
fi

# A broker of Kafka is started once, on the newest JDK.
kafka=''
kafka_home=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/kafka
if settings=$("$BASH" "$here/install-kafka.sh" "$kafka_home"); then
  export_lines "$settings"
else
  kafka=,kafka
  not_run=${not_run:+$not_run; }'the tests of the sink and the connectors of Kafka on a broker, because its jars could not be fetched; set KAFKA_LIBS to a directory with them'
fi

# So is a PostgreSQL.
postgresql=''
if settings=$("$BASH" "$here/install-postgresql.sh"); then
  export_lines "$settings"
else
  postgresql=,postgresql
  not_run=${not_run:+$not_run; }'the tests of the sink for a table of PostgreSQL, because there is none; set POSTGRESQL_BIN to the directory of its programs'
fi

# What takes minutes is about etcd rather than about Java: once is enough.
short=''
if [ "$JAVA_MAJOR" -gt 17 ] && [ "${SKIP_JDK_17:-}" != 1 ]; then
  if [ -n "$JDK_17" ]; then
    short=1
  else
    say 'no JDK 17 here: not testing on it as well'
  fi
fi

say "building and testing on JDK $JAVA_MAJOR${short:+, without what takes minutes}"
# Tests wait more than they work: two modules are built at a time, and the large ones have several
# JVMs for their tests (test.forks in their pom.xml).
beside=(-T 2)
mvn -B "${beside[@]}" verify -DexcludedGroups="${short:+long,}soak$browser$kafka$postgresql" "$@"
say_what_was_not_checked

# Arguments choose tests, and the consumer has none to choose from.
if [ $# -eq 0 ]; then
  if [ -n "${ETCD33_BIN:-}" ]; then
    "$BASH" "$here/etcd33.sh"
  fi
  "$BASH" "$here/site.sh"
  "$BASH" "$here/spring-boot.sh"
  "$BASH" "$here/consumer.sh"
fi

if [ -z "$short" ]; then
  exit 0
fi
rest=''
if [ "$SECONDS" -gt "${WHOLE_WITHIN:-600}" ]; then
  say "this machine took $((SECONDS / 60)) minutes so far: JDK 17 runs only what was left out"
  rest=1
fi
say 'building and testing again on JDK 17'
# Classes that are there would not be compiled again.
find . \( -path '*/target/classes' -o -path '*/target/test-classes' \) -type d -prune -exec rm -rf {} +
JAVA_HOME=$JDK_17 mvn -B "${beside[@]}" verify -Dmaven.javadoc.skip -Dmaven.source.skip \
  ${rest:+-Dgroups=long,soak} "$@"
