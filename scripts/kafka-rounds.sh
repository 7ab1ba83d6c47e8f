#!/usr/bin/env bash
# Kills a worker of Kafka Connect, the broker or an etcd, or freezes a worker, while changes go from
# one etcd over Kafka to another one: N rounds (FaultRoundsTest). Prints the fault of each round,
# whether the other worker took over, how long the other etcd took to be level after the last write,
# and how often a task that Connect had ended was started again.
#   scripts/kafka-rounds.sh N [SEED]
# Fails if a change is lost, repeated or out of order.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

if [ $# -lt 1 ] || [ $# -gt 2 ] || ! [[ "$*" =~ ^[1-9][0-9]*(\ [0-9]+)?$ ]]; then
  die "usage: $0 N [SEED]"
fi

need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
settings+=$'\n'$("$BASH" "$here/install-kafka.sh" "${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/kafka")
while IFS= read -r line; do
  export "${line?}"
done <<<"$settings"

results=$PWD/etcd-mirror-kafka-connect/target
log=$results/kafka-rounds.log
mkdir -p "$results"
rm -f "$results/kafka-rounds.md"
say "running; the log is $log"
status=0
mvn -B test -pl etcd-mirror-kafka-connect -am -Dtest=FaultRoundsTest \
  -Dsurefire.failIfNoSpecifiedTests=false -DexcludedGroups=none -Dkafka.rounds="$1" \
  ${2:+-Dkafka.seed="$2"} -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip \
  >"$log" 2>&1 || status=1

echo '| fault | taken over by the other worker | level after | tasks started again |'
echo '|---|---|---|---|'
cat "$results/kafka-rounds.md" 2>/dev/null || true
[ "$status" = 0 ] || die "it failed: $log and etcd-mirror-kafka-connect/target/surefire-reports tell; logs, threads and transactions are in etcd-mirror-kafka-connect/target/kafka-rounds-failed"
