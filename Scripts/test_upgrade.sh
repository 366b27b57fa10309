#!/usr/bin/env bash
# Tries an upgrade from the last release on a database with data: `bash Scripts/test_upgrade.sh`, `--help`. The work is in Scripts/suite/.
set -euo pipefail
here="${BASH_SOURCE[0]%/*}"
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
here="$(cd "$here" && pwd)"
# shellcheck source=Scripts/python.sh
source "$here/python.sh"
find_python
exec "$PYTHON" "$here/suite" upgrade "$@"
