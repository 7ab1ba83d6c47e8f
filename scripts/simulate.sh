#!/usr/bin/env bash
# Lives whole mirrors in simulated time, on model servers, each life from one seed.
#   scripts/simulate.sh LIFE LIVES [SEED]   so many lives, from this seed on; exit 1 if one failed
#   scripts/simulate.sh shrink LIFE SEED [TEXT]
#                                           leaves out steps of a failing life as long as the same
#                                           check fails, and prints the fewest steps; with the guard
#                                           taken out whose line in guards.txt contains the text
#   scripts/simulate.sh guards [LIVES [TEXT]]
#                                           takes out one guard of the mirror after the other, and
#                                           lives until that is found; exit 1 if one is not found
# LIFE is V3Life, V2Life, V2ToV3Life, V3ToV2Life, V3StandbyLife or V2StandbyLife. One life is replayed by its seed: LIFE 1 SEED.
# SIMULATION_LOG=DEBUG shows what the mirror logs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

[ $# -gt 0 ] || die 'usage: scripts/simulate.sh LIFE LIVES [SEED] | shrink LIFE SEED [TEXT] | guards [LIVES [TEXT]]'
need_jdk
need_maven

path=$PWD/simulation/target/classpath.txt
log=$PWD/simulation/target/build.log
mkdir -p "${log%/*}"
say "building the simulation; the log is $log"
mvn -B -q package -pl simulation -am -DskipTests -Dspotless.check.skip -Dmaven.javadoc.skip \
  -Dmaven.source.skip >"$log" 2>&1 || die "the build failed: $log"

run() {
  "$JAVA_LAUNCHER" -Xmx512m -Dsimulation.log="${SIMULATION_LOG:-OFF}" \
    -cp "simulation/target/classes:$(<"$path")" "$@"
}

if [ "$1" = guards ]; then
  run org.etcdmirror.simulation.GuardTrial "${2:-2000}" "${@:3}"
elif [ "$1" = shrink ]; then
  run org.etcdmirror.simulation.Shrinker "${@:2}"
else
  run org.etcdmirror.simulation.Simulation "$@"
fi
