#!/usr/bin/env bash
# Tries the suite on Docker, from nothing: `bash Scripts/e2e.sh`, `--help`. The work is in Scripts/suite/.
set -euo pipefail
here="${BASH_SOURCE[0]%/*}"
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
here="$(cd "$here" && pwd)"
# shellcheck source=Scripts/python.sh
source "$here/python.sh"
find_python
exec "$PYTHON" "$here/suite" e2e "$@"
