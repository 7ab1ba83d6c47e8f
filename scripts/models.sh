#!/usr/bin/env bash
# Checks the models of the engine's rules in models/ with spin, and shows that they can fail.
#   scripts/models.sh [NAME...]
# Each model must hold. Then each rule is taken out, one at a time, and spin must find a run that
# breaks the promise. Installs spin and gcc by apt where they are missing. Exit 1 on a surprise.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

# The rules of a model that can be taken out: its header lists them as -DNAME.
rules() {
  sed -n 's/^ \*  *-D\([A-Z_]*\) .*/\1/p' "$1"
}

need_spin() {
  if ! command -v spin >/dev/null || ! command -v gcc >/dev/null; then
    say 'installing spin and gcc by apt'
    as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y --no-install-recommends spin gcc libc6-dev >&2 ||
      die 'spin and gcc are needed: install them (Debian, as root: apt-get install spin gcc libc6-dev)'
  fi
}

# Prints spin's verdict: its lines about errors and states.
verdict() {
  local model=$1
  shift
  (
    cd "$work"
    rm -rf ./*
    spin -a "$@" "$model" >spin.log 2>&1 || { cat spin.log >&2 && exit 1; }
    gcc -w -O2 -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 -DMEMLIM=2000 -o pan pan.c
    # -E: a process that waits is no error, because requests may be lost.
    ./pan -E -m1000000 >pan.log
    sed -n 's/.*\(errors: [0-9]*\).*/\1/p; s/^ *\([0-9.e+]* states\), stored.*/\1/p' pan.log |
      paste -sd ' '
    if grep -q 'max search depth too small\|reached bound' pan.log; then
      echo 'the search was cut off'
    fi
  )
}

need_spin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=''

check() {
  local label=$1 expected=$2 found
  shift 2
  found=$(verdict "$@")
  case $found in
    "errors: $expected "*states) printf '%-36s %s\n' "$label" "$found" ;;
    *)
      printf '%-36s %s, expected errors: %s\n' "$label" "$found" "$expected"
      failed=1
      ;;
  esac
}

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for file in models/*.pml; do
    names+=("$(basename "$file" .pml)")
  done
fi
for name in "${names[@]}"; do
  model=$PWD/models/$name.pml
  [ -f "$model" ] || die "there is no model $model"
  check "$name" 0 "$model"
  for rule in $(rules "$model"); do
    check "$name, $rule" 1 "$model" "-D$rule"
  done
done
[ -z "$failed" ] || die 'a model does not hold, or does not fail where it must'
