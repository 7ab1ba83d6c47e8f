#!/usr/bin/env bash
# Makes PostgreSQL available, which the tests of examples/jdbc-sink start: the programs in the
# directory that POSTGRESQL_BIN names, those that Debian's package has, or that package, installed by
# apt without a server that runs.
#
#   install-postgresql.sh    prints POSTGRESQL_BIN=...
#
# Results go to standard output, everything else to standard error.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

[ $# -eq 0 ] || die "usage: $0"

# Prints the directory if its server and its initdb run. The newest of Debian's comes first.
print_if_it_runs() {
  local bin
  while read -r bin; do
    if "$bin/postgres" --version >/dev/null 2>&1 && "$bin/initdb" --version >/dev/null 2>&1; then
      echo "POSTGRESQL_BIN=$bin"
      exit 0
    fi
  done < <(printf '%s\n' "$@")
}

debian() {
  compgen -G '/usr/lib/postgresql/*/bin' | sort -rV || true
}

# Debian would make a database and start its server: postgresql-common is asked not to.
install_by_apt() {
  local settings=/etc/postgresql-common/createcluster.conf
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends postgresql-common >&2 || return 1
  as_root sed -i 's/^#* *create_main_cluster *=.*/create_main_cluster = false/' "$settings" || return 1
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends postgresql >&2
}

if [ -n "${POSTGRESQL_BIN:-}" ]; then
  print_if_it_runs "$POSTGRESQL_BIN"
  die "no postgres and initdb run in $POSTGRESQL_BIN; correct or unset POSTGRESQL_BIN"
fi
# shellcheck disable=SC2046 # none of these paths has a space
print_if_it_runs $(debian)
command -v apt-get >/dev/null ||
  die 'no PostgreSQL: install one, or set POSTGRESQL_BIN to the directory of its programs'
say 'installing postgresql by apt'
if ! install_by_apt; then
  say 'the package postgresql is not known here: asking apt again'
  if ! as_root apt-get -q update >&2 || ! install_by_apt; then
    die 'no PostgreSQL, and the package postgresql could not be installed: set POSTGRESQL_BIN to the directory of its programs'
  fi
fi
# shellcheck disable=SC2046 # none of these paths has a space
print_if_it_runs $(debian)
die 'the PostgreSQL of the package postgresql does not run here'
