#!/usr/bin/env bash
# Makes a Chromium available, which the tests of the status page drive: the one that CHROMIUM_BIN
# names, the one in PATH, or Debian's package, installed by apt.
#
#   install-chromium.sh    prints CHROMIUM_BIN=...
#
# Results go to standard output, everything else to standard error.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

[ $# -eq 0 ] || die "usage: $0"

print_if_it_runs() {
  local chromium=${CHROMIUM_BIN:-$(command -v chromium || command -v chromium-browser || true)}
  if [ -n "$chromium" ] && "$chromium" --version >/dev/null 2>&1; then
    echo "CHROMIUM_BIN=$chromium"
    exit 0
  fi
}

install_by_apt() {
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends chromium >&2
}

print_if_it_runs
[ -z "${CHROMIUM_BIN:-}" ] || die "$CHROMIUM_BIN does not run; correct or unset CHROMIUM_BIN"
command -v apt-get >/dev/null || die 'no Chromium: install one, or set CHROMIUM_BIN to its path'
say 'installing chromium by apt'
if ! install_by_apt; then
  say 'the package chromium is not known here: asking apt again'
  if ! as_root apt-get -q update >&2 || ! install_by_apt; then
    die 'no Chromium, and the package chromium could not be installed: set CHROMIUM_BIN to its path'
  fi
fi
print_if_it_runs
die 'the Chromium of the package chromium does not run here'
