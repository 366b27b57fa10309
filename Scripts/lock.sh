#!/usr/bin/env bash
# Compiles constraints.txt, the one place of pins, from every requirements file: `bash Scripts/lock.sh` (`--upgrade` for newer versions).
set -euo pipefail
here="${BASH_SOURCE[0]%/*}"
[ "$here" != "${BASH_SOURCE[0]}" ] || here=.
here="$(cd "$here" && pwd)"
# shellcheck source=Scripts/python.sh
source "$here/python.sh"
find_python
exec "$PYTHON" "$here/suite" lock "$@"
