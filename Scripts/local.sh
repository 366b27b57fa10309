#!/usr/bin/env bash
# Starts the whole suite on this machine: `bash Scripts/local.sh`, `--demo`, `--help`. The work is in Scripts/suite/.
set -euo pipefail
here="${BASH_SOURCE[0]%/*}"
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
here="$(cd "$here" && pwd)"
# shellcheck source=Scripts/python.sh
source "$here/python.sh"
find_python
exec "$PYTHON" "$here/suite" local "$@"
