# Shared by the scripts beside it; to be sourced.
# shellcheck shell=bash

# One line for a person; standard output is kept for results.
say() {
  printf '%s\n' "$*" >&2
}

die() {
  say "$@"
  exit 1
}

# Prints a line for each of these homes that has a JDK: its major version and its home. A JRE is none.
jdks() {
  local home major
  for home in "$@"; do
    [ -x "$home/bin/java" ] || continue
    # /usr, where links are, is no home: java knows its own.
    "$home/bin/java" -XshowSettings:properties -version 2>&1 | awk -F ' = ' '
      $1 ~ /^ *java\.home$/ { home = $2 }
      $1 ~ /^ *java\.specification\.version$/ { print int($2), home }'
  done | while read -r major home; do
    [ ! -x "$home/bin/javac" ] || echo "$major $home"
  done
}

# The JDKs of this machine, the newest first, one for each major version.
all_jdks() {
  local homes=("${JAVA_HOME:-}") java name
  java=$(command -v java || true)
  homes+=("${java%/bin/java}" /usr/lib/jvm/*)
  for name in $(compgen -e JAVA_HOME_ || true); do
    homes+=("${!name}")
  done
  jdks "${homes[@]}" | sort -rnu
}

# Makes Maven run on the newest JDK of this machine, or on the one whose home is BUILD_JDK. Sets
# JAVA_LAUNCHER and JAVA_MAJOR to it, and JDK_17 to the home of a JDK 17, if there is one.
# shellcheck disable=SC2034 # the scripts use these
need_jdk() {
  local need=17 found
  found=$(all_jdks)
  JDK_17=$(sed -n 's/^17 //p' <<<"$found")
  [ -z "${BUILD_JDK:-}" ] || found=$(jdks "$BUILD_JDK")
  read -r JAVA_MAJOR JAVA_HOME <<<"$found"
  if [ "${JAVA_MAJOR:-0}" -lt "$need" ]; then
    found=${found:-none}
    die "a JDK of version $need or newer is needed: install one (Debian: apt-get install openjdk-17-jdk-headless) or set JAVA_HOME to one; found ${BUILD_JDK:+in BUILD_JDK=$BUILD_JDK }${found//$'\n'/, }"
  fi
  export JAVA_HOME
  JAVA_LAUNCHER=$JAVA_HOME/bin/java
}

# Error Prone, NullAway and the formatter run from this version on: profile static-checks of pom.xml.
say_what_was_not_checked() {
  if [ "$JAVA_MAJOR" -lt 21 ]; then
    say "static checks did not run: they need JDK 21 or newer, and this is JDK $JAVA_MAJOR"
  fi
}

need_maven() {
  local how='Maven 3.8 or newer is needed: install it (Debian: apt-get install maven)' version
  command -v mvn >/dev/null || die "$how; there is no mvn in PATH"
  version=$(mvn -B --version | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p')
  if [ -z "$version" ] || [ "$(printf '%s\n' 3.8 "$version" | sort -V | head -n 1)" != 3.8 ]; then
    die "$how; found ${version:-one of unknown version}"
  fi
}

# Names a real etcd to the tests: the one in ETCD_BIN, or one that is found or installed.
need_etcd() {
  local settings line
  [ -z "${ETCD_BIN:-}" ] || return 0
  settings=$("$BASH" "$(dirname "${BASH_SOURCE[0]}")/install-etcd.sh")
  while IFS= read -r line; do
    export "${line?}"
  done <<<"$settings"
}

# Runs the rest of the line as root, if that can be had without a question.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}
