#!/usr/bin/env bash
# Sourced by the other scripts: sets PYTHON to an interpreter that is 3.11 or newer (3.11 first: it is what production runs).

python_is_new_enough() {
  command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3 python; do
    if [ -n "$candidate" ] && python_is_new_enough "$candidate"; then
      PYTHON="$candidate"
      return
    fi
  done
  echo "error: Python 3.11 or newer was not found; install it, or name one: PYTHON=/path/to/python3.11 bash $0" >&2
  exit 1
}
