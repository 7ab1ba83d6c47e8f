#!/usr/bin/env bash
# Builds what changed and runs the tests that need no server; scripts/test.sh --fast calls it.
# Arguments are handed to Maven.
#
# A test needs a server if its class reaches EtcdProcess of the testkit, by itself or through other
# test classes. This is read from the compiled classes, so that no test has to be marked. A server
# that is started all the same fails its test, because ETCD_BIN names none.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

need_jdk
need_maven
skip=(-Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip)
server=org.etcdmirror.testkit.etcd.EtcdProcess
excluded=$PWD/target/tests-with-a-server.txt
jdeps=$(dirname "$JAVA_LAUNCHER")/jdeps

# The test classes that reach a server, one a line.
needing_a_server() {
  # shellcheck disable=SC2046 # none of these paths has a space
  "$jdeps" -v -filter:none -e 'org\.etcdmirror\..*' etcd-mirror-testkit/target/classes \
    $(find . -path '*/target/test-classes' -type d) |
    awk -v server="$server" '
      $2 == "->" {
        from = $1; to = $3
        sub(/\$.*/, "", from); sub(/\$.*/, "", to)
        if (from != to) users[to] = users[to] " " from
      }
      END {
        queue[1] = server; seen[server] = 1; last = 1
        for (next_ = 1; next_ <= last; next_++) {
          count = split(users[queue[next_]], names, " ")
          for (i = 1; i <= count; i++)
            if (!(names[i] in seen)) { seen[names[i]] = 1; queue[++last] = names[i] }
        }
        for (name in seen) print name
      }' | sort
}

say 'building'
mvn -B -q test-compile "${skip[@]}" "$@"
say_what_was_not_checked

mkdir -p target
needing_a_server >target/needing-a-server
[ "$(wc -l <target/needing-a-server)" -gt 1 ] || die "no class reaches $server; was it renamed?"
# Surefire leaves nested classes out by itself only while nothing else is excluded.
{
  echo '**/*$*'
  sed 's#\.#/#g; s#$#.java#' target/needing-a-server
} >"$excluded"
rm target/needing-a-server

say "testing without a server; $excluded lists what is left out"
export ETCD_BIN='no server in the fast lane' ETCD35_BIN='' ETCD33_BIN=''
began=$SECONDS
# Most tests wait most of their time, and no JVM lives long enough to repay the better compiler.
mvn -B -q -T 2 test "${skip[@]}" -Dsurefire.excludesFile="$excluded" -DexcludedGroups=long,soak,browser,kafka,postgresql \
  -Dtest.forks=3 -Dtest.options=-XX:TieredStopAtLevel=1 "$@"
say "passed in $((SECONDS - began)) s"
