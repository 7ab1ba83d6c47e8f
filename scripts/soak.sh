#!/usr/bin/env bash
# Runs a mirror between two etcd clusters of three members under faults, in rounds of about two
# minutes, and prints for each round: writes, faults by name, gaps with their reasons, how often the
# mirror was level, losses; with a standby also the takeovers, and the longest time without a leader.
# Each round starts with clusters of its own.
#   scripts/soak.sh MINUTES [SEED]
# The first round has the given seed, each next one the next seed: "scripts/soak.sh 1 SEED" repeats
# a round. What a failed round leaves is in soak/target/soak. Exit 1 on a loss.
# Installs etcd, strace and libfaketime by apt where they are missing; without one of the last two,
# its fault is left out and counted as one that did not fit.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

minutes=${1:-}
seed=${2:-$(date +%s)}
if ! [[ "$minutes" =~ ^[0-9]+$ && "$seed" =~ ^[0-9]+$ ]] || [ $# -gt 2 ]; then
  die "usage: $0 MINUTES [SEED]; both are whole numbers"
fi

# Tries to install a package that holds a file or a program.
want_package() {
  if command -v apt-get >/dev/null; then
    say "installing $1 by apt"
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends "$1" >&2 || say "$1 could not be installed"
  fi
}

faketime_library() {
  local each
  for each in /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/lib/faketime/libfaketimeMT.so.1; do
    if [ -e "$each" ]; then
      echo "$each"
      return
    fi
  done
}

need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
if [ -z "${ETCD35_BIN:-}" ]; then
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/etcd-3.5
  settings+=$'\n'$("$BASH" "$here/install-etcd.sh" 3.5 "$cache") ||
    say 'no etcd 3.5 here: running with the default etcd only'
fi
while IFS= read -r line; do
  [ -z "$line" ] || export "${line?}"
done <<<"$settings"
command -v strace >/dev/null || want_package strace
[ -n "$(faketime_library)" ] || want_package libfaketime
faketime=$(faketime_library)

module=soak
report=$PWD/$module/target/soak/report.txt
log=$PWD/$module/target/soak-build.log
jar=$PWD/etcd-mirror-service/target/etcd-mirror.jar
fast=(-Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip)
mkdir -p "${report%/*}"
rm -f "$report"
touch "$report"

say "building; the log is $log"
mvn -B -q package -pl etcd-mirror-service -am -DskipTests "${fast[@]}" >"$log" 2>&1 ||
  die "the build failed: $log"

say "running for $minutes minutes from seed $seed"
tail -n +1 -f "$report" &
shown=$!
trap 'kill "$shown" 2>/dev/null || true' EXIT
status=0
mvn -B -q test -pl "$module" -am -Dtest=SoakTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dsoak.jar="$jar" -Dsoak.report="$report" -Dsoak.minutes="$minutes" -Dsoak.seed="$seed" \
  -Dsoak.strace="$(command -v strace || true)" -Dsoak.faketime="$faketime" \
  "${fast[@]}" >>"$log" 2>&1 || status=1
sleep 1
if [ "$status" != 0 ]; then
  die "failed; $report tells what, and $log how it was built and run"
fi
say 'nothing was lost'
