#!/usr/bin/env bash
# What takes longer than a contributor waits: `bash Scripts/nightly.sh`, `--help`. The work is in Scripts/suite/nightly.py.
set -euo pipefail
here="${BASH_SOURCE[0]%/*}"
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
here="$(cd "$here" && pwd)"
# shellcheck source=Scripts/python.sh
source "$here/python.sh"
find_python
exec "$PYTHON" -B "$here/suite" nightly "$@"
