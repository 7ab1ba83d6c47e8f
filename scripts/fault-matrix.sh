#!/usr/bin/env bash
# Lets each fault happen at each stage of a mirror on real servers (FaultMatrixTest), and compares
# what is seen with the tables in docs/reliability.md.
#   scripts/fault-matrix.sh            all cells, as each build does
#   scripts/fault-matrix.sh CELLS      those that match a regular expression, such as 'v3.*, apply, .*'
#   scripts/fault-matrix.sh --write    all cells; what is seen becomes the tables
# What was seen is in pairing-tests/target/fault-matrix.md and .json, with the reported failures.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

page=docs/reliability.md
seen=pairing-tests/target/fault-matrix.md
log=$PWD/pairing-tests/target/fault-matrix.log

# The page with other tables.
with_tables() { # TABLES
  awk -v tables="$1" '
    /^\| v[23] to v[23] \| side \|/ && !old {
      while ((getline line < tables) > 0) print line
      old = 1
    }
    old && !/^(\||$)/ { old = 0 }
    !old
  ' "$page"
}

need_jdk
need_maven
settings=$("$BASH" "$here/install-etcd.sh")
while IFS= read -r line; do
  [ -z "$line" ] || export "${line?}"
done <<<"$settings"

cells='.*'
[ $# -eq 0 ] || [ "$1" = --write ] || cells=$1
mkdir -p "${log%/*}"
say "running; the log is $log"
status=0
mvn -B test -pl pairing-tests -am -Dtest=FaultMatrixTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dmatrix.cells="$cells" -Dspotless.check.skip -Dmaven.javadoc.skip -Dmaven.source.skip \
  >"$log" 2>&1 || status=1

if [ "${1:-}" = --write ]; then
  with_tables "$seen" >"$page.new"
  mv "$page.new" "$page"
  say "$page has the tables; look at what changed, and run without --write"
  exit 0
fi
cat "$seen"
[ "$status" = 0 ] || die "not as $page says, or a loss: $log and pairing-tests/target/surefire-reports tell"
