#!/usr/bin/env bash
# Changes the code of one room after the other in small ways (mutants), and runs the room's unit
# tests on each. Fails if they find fewer than 85 of a hundred. No test starts a server.
#   scripts/mutation.sh              all rooms
#   scripts/mutation.sh ROOM...      these rooms; a wrong name prints them
# The report of a room is in target/mutation/ROOM/index.html. MAVEN_OPTIONS goes to Maven.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

threshold=${MUTATION_THRESHOLD:-85}

# A room: its module, its package, which classes of it, and which of these are left out. The tests
# of a class have its name with Test behind it.
rooms="
diff        etcd-mirror-core core.internal.diff        *  -
keys        etcd-mirror-core core.internal.keys        *  -
checkpoint  etcd-mirror-core core.internal.checkpoint  *  -
resync      etcd-mirror-core core.internal.resync      *  Resync
gap         etcd-mirror-core core.internal.gap         *  GapCloser,GapRecovery
unsupported etcd-mirror-core core.internal.unsupported *  -
v2-protocol etcd-mirror-v2   v2.internal.protocol      *  -
v2-events   etcd-mirror-v2   v2.internal.watch         EventTranslator,Delivered,Delivery -
v3-keys     etcd-mirror-v3   v3.internal.keys          *  -
v3-answers  etcd-mirror-v3   v3.internal.client        AnswerCheck,CancelReason,ServerVersion -
v3-events   etcd-mirror-v3   v3.internal.watch         EventTranslation,WatchAnswerCheck,WholeRevisions,DeliveredEvents,BatchCut,StripePlan -
"

names() { awk 'NF { print $1 }' <<<"$rooms"; }

# Class names of a package as patterns of whole names.
classes() { # PACKAGE NAMES
  [ "$2" = - ] || tr ',' '\n' <<<"$2" | sed "s/^/org.etcdmirror.$1./" | paste -sd,
}

mutate() { # ROOM MODULE PACKAGE CLASSES LEFT_OUT
  local report=$PWD/target/mutation/$1 tests
  tests=$(classes "$3" "$(sed 's/,/Test,/g; s/$/Test/' <<<"$4")")
  mkdir -p "$report"
  say "room $1: the log is $report/build.log"
  # shellcheck disable=SC2086 # options, one a word
  mvn -B ${MAVEN_OPTIONS:-} -Pmutation test-compile org.pitest:pitest-maven:mutationCoverage \
    -pl "$2" -am -Dspotless.check.skip -Dmaven.javadoc.skip -DmutationThreshold="$threshold" \
    -DtargetClasses="$(classes "$3" "$4")" -DexcludedClasses="$(classes "$3" "$5")" \
    -DtargetTests="$tests" -DreportsDirectory="$report" >"$report/build.log" 2>&1 ||
    die "room $1: $(grep -am1 'ERROR' "$report/build.log")"
  grep -a '^>> Generated' "$report/build.log"
}

need_jdk
need_maven
# shellcheck disable=SC2046 # one name a word
[ $# -gt 0 ] || set -- $(names)
for room in "$@"; do
  read -r -a row < <(grep -E "^$room +" <<<"$rooms") ||
    die "no room '$room'; take one of: $(names | tr '\n' ' ')"
  mutate "${row[@]}"
done
