#!/usr/bin/env bash
# Sends damaged input to the mirror for so many minutes; exit 1 on a failure.
#   scripts/fuzz.sh MINUTES [SEED]
#       answers of etcd, configuration, certificates, requests: valid ones, damaged by seeds, in a heap of
#       64 MiB. A failure names its seed; -Dfuzz.seed=SEED -Dfuzz.rounds=1 repeats that round in its test.
#   scripts/fuzz.sh guided TARGET MINUTES
#       input that Jazzer makes up, guided by the code that it reached. TARGET is config, certificate,
#       v2 or v3. Maven fetches Jazzer, for this alone. What it found, and its corpus, are in
#       fuzz/target/guided/TARGET.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

usage='usage: scripts/fuzz.sh MINUTES [SEED] | guided config|certificate|v2|v3 MINUTES'
jazzer=0.24.0
fast=(-Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip)
log=$PWD/fuzz/target/fuzz.log

[ $# -gt 0 ] || die "$usage"
need_jdk
need_maven
mkdir -p "${log%/*}"

guided() {
  local target=${1:?$usage} seconds=$((${2:?$usage} * 60)) directory=$PWD/fuzz/target/guided/$1 path jar
  mkdir -p "$directory/corpus"
  say "building; the log is $log"
  mvn -B -q package -pl fuzz -am -DskipTests "${fast[@]}" >"$log" 2>&1 || die "the build failed: $log"
  for jar in jazzer jazzer-api; do
    mvn -B -q -N dependency:copy -Dartifact="com.code-intelligence:$jar:$jazzer" \
      -DoutputDirectory="$PWD/fuzz/target/jazzer" >>"$log" 2>&1 || die "Jazzer cannot be fetched: $log"
  done
  path="$PWD/fuzz/target/jazzer/*:$PWD/fuzz/target/test-classes:$(<fuzz/target/classpath.txt)"
  # It writes its findings into the working directory.
  cd "$directory"
  # Jazzer itself needs more than 64 MiB.
  "$JAVA_LAUNCHER" -Xmx512m -Dfuzz.target="$target" -cp "$path" com.code_intelligence.jazzer.Jazzer \
    --target_class=org.etcdmirror.fuzz.GuidedTarget --instrumentation_includes='org.etcdmirror.**' \
    corpus -max_total_time="$seconds" -max_len=8192 -rss_limit_mb=0
}

# Runs test classes; the first argument names modules.
tests() {
  mvn -B -q test -pl "$1" -am -Dtest='Hostile*Test' -Dsurefire.failIfNoSpecifiedTests=false \
    "${fast[@]}" "${@:2}" >>"$log" 2>&1 || die "failed; $log names the seed"
}

seeds() {
  local minutes=$1 seed=${2:-$RANDOM} settings
  settings=$("$BASH" "$here/install-etcd.sh")
  while IFS= read -r line; do
    export "${line?}"
  done <<<"$settings"
  say "seeds from $seed; the log is $log"
  : >"$log"
  tests etcd-mirror-core,etcd-mirror-v2 -Dfuzz.seed="$seed" -Dfuzz.rounds=$((minutes * 2000)) \
    -Dtest.heap=64m -Dtest.options=-Xmn16m
  # Each test method of the module has its share.
  tests fuzz -Dfuzz.seed="$seed" -Dfuzz.seconds=$((minutes * 60 / 9)) \
    -Djunit.jupiter.execution.timeout.testable.method.default="$((minutes + 10)) m"
  say "nothing was found"
}

if [ "$1" = guided ]; then
  guided "${@:2}"
else
  seeds "$@"
fi
