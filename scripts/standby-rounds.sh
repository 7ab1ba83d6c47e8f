#!/usr/bin/env bash
# Ends the leader of a link under load again and again, by kill -9, by SIGSTOP and by a partition,
# N times each on v2 and on v3 (StandbyFaultsTest), and prints how long the takeovers took.
#   scripts/standby-rounds.sh [--load] N
# --load keeps every processor busy beside it. Fails if an event is lost, and on v3 if a value is
# written twice or out of order. A takeover that takes long is no failure.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

load=''
if [ "${1:-}" = --load ]; then
  load=1
  shift
fi
[[ $# -eq 1 && $1 =~ ^[1-9][0-9]*$ ]] || die 'usage: scripts/standby-rounds.sh [--load] N'
faults=3

need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
while IFS= read -r line; do
  [ -z "$line" ] || export "${line?}"
done <<<"$settings"

loops=()
end_loops() {
  local loop
  for loop in ${loops[@]+"${loops[@]}"}; do
    kill "$loop" 2>/dev/null || true
  done
}
trap end_loops EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Busy until it is killed, or until the script is gone.
busy_loop() {
  trap - EXIT INT TERM
  while kill -0 "$1" 2>/dev/null; do :; done
}

if [ -n "$load" ]; then
  for ((i = 0; i < $(getconf _NPROCESSORS_ONLN); i++)); do
    busy_loop "$$" &
    loops+=("$!")
  done
fi

results=$PWD/pairing-tests/target
log=$results/standby-rounds.log
mkdir -p "$results"
rm -f "$results"/standby-rounds-v[23].md
say "running; the log is $log"
status=0
mvn -B test -pl pairing-tests -am -Dtest=StandbyFaultsTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dstandby.rounds=$(($1 * faults)) -Dspotless.check.skip -Dmaven.javadoc.skip \
  -Dmaven.source.skip >"$log" 2>&1 || status=1

echo '| API | fault | rounds | median | worst |'
echo '|---|---|---|---|---|'
cat "$results"/standby-rounds-v[23].md 2>/dev/null || true
[ "$status" = 0 ] || die "it failed: $log and pairing-tests/target/surefire-reports tell"
