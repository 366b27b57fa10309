#!/usr/bin/env bash
# Runs the whole suite on Docker: `bash Scripts/docker.sh`, `--demo`, `--help`. The work is in Scripts/suite/.
set -euo pipefail
here="${BASH_SOURCE[0]%/*}"
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
here="$(cd "$here" && pwd)"
# shellcheck source=Scripts/python.sh
source "$here/python.sh"
find_python
exec "$PYTHON" "$here/suite" docker "$@"
