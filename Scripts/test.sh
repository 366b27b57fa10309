#!/usr/bin/env bash
# Everything a contributor must pass: `bash Scripts/test.sh`, `--fast`, `--service auth`, `--help`. The work is in Scripts/suite/.
set -euo pipefail
here="${BASH_SOURCE[0]%/*}"
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
here="$(cd "$here" && pwd)"
# shellcheck source=Scripts/python.sh
source "$here/python.sh"
find_python
exec "$PYTHON" "$here/suite" test "$@"
