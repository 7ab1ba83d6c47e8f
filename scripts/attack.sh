#!/usr/bin/env bash
# Runs the packaged service in a heap of 64 MiB under each attack, for a minute each, and prints a
# line for each: processor time in percent of one core (* where the attack brings data), lines of
# the log's most frequent cause in a minute, memory, state, how soon both sides were equal again.
#   scripts/attack.sh [--seconds N] [--lanes N] [NAME...]
# NAME is the beginning of an attack's name, such as v2-source or v3-sink-full. Exit 1 on a failure.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

seconds=60
lanes=9
names=''
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=${2:?--seconds needs a number} && shift 2 ;;
    --lanes) lanes=${2:?--lanes needs a number} && shift 2 ;;
    -*) die "unknown option $1; there are --seconds N, --lanes N and names of attacks" ;;
    *) names=${names:+$names,}$1 && shift ;;
  esac
done

need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
while IFS= read -r line; do
  export "${line?}"
done <<<"$settings"

module=etcd-mirror-service
report=$PWD/$module/target/attacks/report.txt
log=$PWD/$module/target/attacks/build.log
fast=(-Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip)
mkdir -p "${report%/*}"
rm -f "$report"
touch "$report"

say "building $module; the log is $log"
mvn -B -q package -pl "$module" -am -DskipTests "${fast[@]}" >"$log" 2>&1 ||
  die "the build failed: $log"

tail -n +1 -f "$report" &
shown=$!
trap 'kill "$shown" 2>/dev/null || true' EXIT
status=0
mvn -B -q test -pl "$module" -am -Dtest=AttackTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dattack.jar="$PWD/$module/target/etcd-mirror.jar" -Dattack.report="$report" \
  -Dattack.seconds="$seconds" -Dattack.lanes="$lanes" -Dattack.names="$names" \
  "${fast[@]}" >>"$log" 2>&1 || status=1
sleep 1
if [ "$status" != 0 ]; then
  die "failed; $log and the logs beside it tell more"
fi
say "all attacks were survived"
