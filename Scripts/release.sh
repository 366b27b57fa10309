#!/usr/bin/env bash
# Replaces one service while requests come in: `bash Scripts/release.sh deploy ticket-service`, `--help`.
# The work is in Scripts/suite/rollout/.
set -euo pipefail
here="${BASH_SOURCE[0]%/*}"
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
here="$(cd "$here" && pwd)"
# shellcheck source=Scripts/python.sh
source "$here/python.sh"
find_python
exec "$PYTHON" "$here/suite" release "$@"
