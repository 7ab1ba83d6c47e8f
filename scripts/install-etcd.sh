#!/usr/bin/env bash
# Makes a real etcd available to the tests.
#
#   install-etcd.sh            the default etcd, found or installed by apt; prints
#                              ETCD_BIN=... and ETCDCTL_BIN=...
#   install-etcd.sh 3.3 DIR    an etcd 3.3 of an older Debian, unpacked into DIR and installed
#                              nowhere; prints ETCD33_BIN=... and ETCDCTL33_BIN=...
#   install-etcd.sh 3.5 DIR    the same for an etcd 3.5 of a newer Debian; prints ETCD35_BIN=...
#                              and ETCDCTL35_BIN=...
#
# Results go to standard output, everything else to standard error.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"

# The path of a program: named by a variable, beside another, or in PATH.
find_program() {
  local program=$1 named=$2 beside=$3
  if [ -n "$named" ]; then
    [ -x "$named" ] || die "$named is not a program; correct or unset the variable that names it"
    echo "$named"
  elif [ -n "$beside" ] && [ -x "$beside/$program" ]; then
    echo "$beside/$program"
  else
    named=$(PATH=$PATH:/usr/local/bin:/usr/bin command -v "$program" || true)
    [ ! -x "$named" ] || echo "$named"
  fi
}

find_etcd() {
  etcd=$(find_program etcd "${ETCD_BIN:-}" '')
  etcdctl=$(find_program etcdctl "${ETCDCTL_BIN:-}" "${etcd:+$(dirname "$etcd")}")
}

install_by_apt() {
  say 'installing etcd-server and etcd-client by apt'
  as_root apt-get update >&2 || say 'apt-get update failed; trying with what is known'
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends etcd-server etcd-client >&2
}

# The package starts a service on etcd's default port. Tests run etcds of their own.
stop_packaged_service() {
  if [ -d /run/systemd/system ]; then
    as_root systemctl disable --now etcd >&2 || say 'the service etcd could not be stopped'
  fi
}

install_default() {
  find_etcd
  if [ -z "$etcd" ] || [ -z "$etcdctl" ]; then
    local had_etcd=$etcd
    if command -v apt-get >/dev/null && install_by_apt; then
      [ -n "$had_etcd" ] || stop_packaged_service
      find_etcd
    fi
  fi
  if [ -z "$etcd" ]; then
    die 'no etcd, and none could be installed here: install etcd 3.4 or 3.5 (Debian or Ubuntu, as root: apt-get install etcd-server etcd-client; macOS: brew install etcd), set ETCD_BIN to its path, or start Docker'
  fi
  "$etcd" --version >/dev/null 2>&1 || die "$etcd does not run"
  echo "ETCD_BIN=$etcd"
  if [ -n "$etcdctl" ]; then
    echo "ETCDCTL_BIN=$etcdctl"
  else
    say 'there is no etcdctl; only comparisons with it need one'
  fi
}

# The Debian that has this version of etcd.
suite_of() {
  case $1 in
    3.3) echo bullseye ;;
    3.5) echo trixie ;;
  esac
}

is_etcd() {
  local version=$1 etcd=$2
  [ -x "$etcd" ] && "$etcd" --version 2>/dev/null | grep -qF "etcd Version: $version."
}

print_settings() {
  local digits=${1/./} target=$2
  echo "ETCD${digits}_BIN=$target/usr/bin/etcd"
  echo "ETCDCTL${digits}_BIN=$target/usr/bin/etcdctl"
}

# apt-get with a state of its own below $work, so that nothing on this machine changes.
private_apt() {
  apt-get -q \
    -o Dir::State="$work/state" -o Dir::State::status="$work/state/status" \
    -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}

# Where this machine gets its own Debian from, one address a line.
debian_archives() {
  # shellcheck source=/dev/null
  local codename suites
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  suites="\\(${codename:-stable}\\|stable\\|oldstable\\)"
  private_apt --print-uris update |
    sed -n "s#^'\\(.*\\)/dists/$suites/main/binary-[^/]*/Packages.*#\\1#p" | sort -u
}

download() {
  local suite=$1 archive=$2 keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  printf 'deb %s %s %s main\n' "$([ ! -e $keyring ] || echo "[signed-by=$keyring]")" \
    "$archive" "$suite" >"$work/sources.list"
  (
    cd "$work/debs"
    set -- -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
      -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
    private_apt "$@" update >&2 && private_apt "$@" download etcd-server etcd-client >&2
  )
}

install_version() {
  local version=$1 target=$2 suite archives archive deb
  suite=$(suite_of "$version")
  if is_etcd "$version" "$target/usr/bin/etcd"; then
    print_settings "$version" "$target"
    return
  fi
  if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    die "etcd $version is fetched from Debian $suite by apt, and this machine has no apt"
  fi
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/debs" "$work/root"
  : >"$work/state/status"
  archives=$(debian_archives) || archives=''
  [ -n "$archives" ] || die "etcd $version is fetched from Debian $suite, and this machine's apt knows no Debian archive"
  for archive in $archives; do
    if download "$suite" "$archive"; then
      break
    fi
  done
  for deb in "$work"/debs/*.deb; do
    [ -e "$deb" ] || die "Debian $suite could not be read from this machine's archive"
    dpkg-deb -x "$deb" "$work/root"
  done
  is_etcd "$version" "$work/root/usr/bin/etcd" ||
    die "the etcd of Debian $suite is not a $version that runs here"
  mkdir -p "$target"
  cp -R "$work/root/." "$target/"
  print_settings "$version" "$target"
}

case "$#:${1:-}" in
  0:) install_default ;;
  2:3.3 | 2:3.5) install_version "$1" "$2" ;;
  *) die "usage: $0 [3.3|3.5 DIR]" ;;
esac
