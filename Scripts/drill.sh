#!/usr/bin/env bash
# What a suite on Docker bears: `bash Scripts/drill.sh`, `--help`. The work is in Scripts/suite/drills/.
set -euo pipefail
here="${BASH_SOURCE[0]%/*}"
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
here="$(cd "$here" && pwd)"
# shellcheck source=Scripts/python.sh
source "$here/python.sh"
find_python
exec "$PYTHON" "$here/suite" drill "$@"
