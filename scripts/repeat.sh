#!/usr/bin/env bash
# Runs the whole suite N times, on the newest JDK, and names every test that failed in any run.
#   scripts/repeat.sh [--load] [--results DIR] N [arguments for Maven]
# --load keeps every processor busy beside it. Each run leaves a log and one line of summary in
# DIR, which is named after the commit unless told otherwise. A run that ended is not done again,
# so that what was broken off goes on where it was. Exit 1 if any run failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

usage() {
  die 'usage: scripts/repeat.sh [--load] [--results DIR] N [arguments for Maven]'
}

load=''
results=''
while [ $# -gt 0 ]; do
  case $1 in
    --load) load=1 ;;
    --results)
      [ $# -gt 1 ] || usage
      results=$2
      shift
      ;;
    *) break ;;
  esac
  shift
done
[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || usage
runs=$1
shift
if [ -z "$results" ]; then
  # Results of another commit say nothing about this one.
  results=target/repeat-$(git describe --always --dirty 2>/dev/null || echo unknown)
fi
mkdir -p "$results"
results=$(cd "$results" && pwd)

child=''
loops=()

# Ends what this script began, however it ends.
end_all() {
  local loop
  if [ -n "$child" ]; then
    kill -- "-$child" 2>/dev/null || true
  fi
  for loop in ${loops[@]+"${loops[@]}"}; do
    kill "$loop" 2>/dev/null || true
  done
}
trap end_all EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Busy until it is killed, or until the script is gone without having had time to kill it.
busy_loop() {
  trap - EXIT HUP INT TERM
  while kill -0 "$1" 2>/dev/null; do :; done
}

begin_load() {
  local i processors
  processors=$(getconf _NPROCESSORS_ONLN)
  for ((i = 0; i < processors; i++)); do
    busy_loop "$$" &
    loops+=("$!")
  done
  say "$processors busy loops run beside it"
}

# The reports of all modules.
reports() {
  find . -path '*/target/surefire-reports/TEST-*.xml' -type f
}

# The tests that failed, one a line, from the reports of the last run.
failed_tests() {
  reports | sort | while read -r report; do
    awk '
      /^ *<testcase / {
        name = $0; sub(/.* name="/, "", name); sub(/".*/, "", name)
        class = $0; sub(/.* classname="/, "", class); sub(/".*/, "", class)
      }
      /^ *<(failure|error)[ >]/ { print class "." name }
    ' "$report"
  done | sort -u
}

# Keeps what tells why a test failed: the next run writes over it.
keep_reports_of_failed() {
  local report base
  reports | while read -r report; do
    if grep -qE '^ *<(failure|error)[ >]' "$report"; then
      mkdir -p "$1"
      base=${report%.xml}
      base=${base/TEST-/}
      cp -- "$report" "$1/"
      cp -- "$base".txt "$base"-output.txt "$1/" 2>/dev/null || true
    fi
  done
}

# One run; its summary stands only when it has ended.
run() {
  local name=$1 began=$SECONDS code=0 failed
  shift
  find . -path '*/target/surefire-reports' -type d -prune -exec rm -rf {} +
  # A job of its own, so that all its processes can be ended together.
  set -m
  # A module whose tests fail must not keep the others from being tested.
  SKIP_JDK_17=1 "$here/test.sh" -Dmaven.test.failure.ignore=true "$@" \
    >"$results/$name.log" 2>&1 &
  child=$!
  set +m
  wait "$child" || code=$?
  child=''
  failed=$(failed_tests)
  if [ -n "$failed" ]; then
    keep_reports_of_failed "$results/$name-failed"
  fi
  {
    if [ "$code" -eq 0 ] && [ -z "$failed" ]; then
      echo "$name passed in $((SECONDS - began)) s"
    else
      echo "$name FAILED in $((SECONDS - began)) s, exit code $code: ${failed//$'\n'/, }"
    fi
  } >"$results/$name.unfinished"
  printf '%s' "${failed:+$failed$'\n'}" >"$results/$name.failed-tests"
  mv "$results/$name.unfinished" "$results/$name.summary"
}

say "results: $results"
if [ -n "$load" ]; then
  begin_load
fi
for ((i = 1; i <= runs; i++)); do
  name=$(printf 'run-%03d' "$i")
  if [ ! -f "$results/$name.summary" ]; then
    say "$name of $runs, log: $results/$name.log"
    run "$name" "$@"
  fi
  cat "$results/$name.summary"
done

bad=0
failed=''
for ((i = 1; i <= runs; i++)); do
  name=$(printf 'run-%03d' "$i")
  if grep -q "^$name FAILED" "$results/$name.summary"; then
    bad=$((bad + 1))
    failed+=$(cat "$results/$name.failed-tests")$'\n'
  fi
done
if [ "$bad" -gt 0 ]; then
  echo "$bad of $runs runs failed; how often each test did:"
  printf '%s' "$failed" | sed '/^$/d' | sort | uniq -c | sort -rn
  say "see $results"
  exit 1
fi
echo "all $runs runs passed"
