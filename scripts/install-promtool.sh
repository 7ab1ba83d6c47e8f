#!/usr/bin/env bash
# Makes promtool available, which tests the alert rules: the one in PATH, or the one of Debian's
# package prometheus, unpacked into DIR and installed nowhere.
#
#   install-promtool.sh DIR    prints PROMTOOL=...
#
# Results go to standard output, everything else to standard error.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

[ $# -eq 1 ] || die "usage: $0 DIR"

runs() {
  [ -x "$1" ] && "$1" --version >/dev/null 2>&1
}

print_and_end() {
  echo "PROMTOOL=$1"
  exit 0
}

found=${PROMTOOL:-$(command -v promtool || true)}
[ -z "$found" ] || ! runs "$found" || print_and_end "$found"
unpacked=$1/usr/bin/promtool
! runs "$unpacked" || print_and_end "$unpacked"

if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
  die 'no promtool: install the package prometheus, or set PROMTOOL to its path'
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
download() {
  (cd "$work" && apt-get -q -o APT::Sandbox::User="$(id -un)" download prometheus >&2)
}
if ! download; then
  say 'the package prometheus is not known here: asking apt again'
  if ! as_root apt-get -q update >&2 || ! download; then
    die "no promtool, and the package prometheus could not be fetched: set PROMTOOL to its path"
  fi
fi
dpkg-deb -x "$work"/prometheus_*.deb "$work/root"
runs "$work/root/usr/bin/promtool" || die 'the promtool of the package prometheus does not run here'
mkdir -p "$1/usr/bin"
cp "$work/root/usr/bin/promtool" "$work/root/usr/bin/prometheus" "$1/usr/bin/"
print_and_end "$unpacked"
