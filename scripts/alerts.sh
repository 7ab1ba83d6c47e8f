#!/usr/bin/env bash
# Checks the alert rules of ops/prometheus and runs their tests. Needs promtool, which it fetches.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib.sh
. "$here/lib.sh"
cd "$here/.."

setting=$("$BASH" "$here/install-promtool.sh" "${XDG_CACHE_HOME:-$HOME/.cache}/etcd-mirror/prometheus")
promtool=${setting#PROMTOOL=}
"$promtool" check rules ops/prometheus/*.yaml
"$promtool" test rules ops/prometheus/tests/*.yaml
