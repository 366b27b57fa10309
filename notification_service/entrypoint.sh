#!/usr/bin/env bash
# Starts one process of this service: web, worker, celery, migrate, setup. See Docker/entrypoint.sh.
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
exec bash "${TTS_ENTRYPOINT:-../Docker/entrypoint.sh}" "$@"
