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

# The major version of a java launcher, for example 17; nothing if it does not run.
java_major() {
  "$1" -XshowSettings:properties -version 2>&1 |
    sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p'
}

# Sets JAVA_LAUNCHER and JAVA_MAJOR to the JDK that Maven will use.
need_jdk() {
  local need=17 home=${JAVA_HOME:+$JAVA_HOME/bin/} compiler
  JAVA_LAUNCHER=$(command -v "${home}java" || true)
  compiler=$(command -v "${home}javac" || true)
  local how="a JDK of version $need or newer is needed: install one (Debian: apt-get install openjdk-17-jdk-headless) or set JAVA_HOME"
  if [ -z "$JAVA_LAUNCHER" ] || [ -z "$compiler" ]; then
    die "$how; found ${home:-in PATH }java: ${JAVA_LAUNCHER:-none}, javac: ${compiler:-none}"
  fi
  JAVA_MAJOR=$(java_major "$JAVA_LAUNCHER")
  if [ "${JAVA_MAJOR:-0}" -lt "$need" ]; then
    die "$how; $JAVA_LAUNCHER has version ${JAVA_MAJOR:-unknown}"
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
