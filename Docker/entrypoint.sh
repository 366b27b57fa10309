#!/usr/bin/env bash
# The one entrypoint of all services: starts one process in the foreground, in the service's folder.
#   entrypoint.sh web|live|worker|celery     a long-running process
#   entrypoint.sh migrate                    applies migrations
#   entrypoint.sh setup                      migrations, then the broker's queues
#   entrypoint.sh manage ARGS...             any manage.py command
#   entrypoint.sh ready                      whether the web or live process of this container is ready
set -euo pipefail

command="${1:---help}"
[ $# -eq 0 ] || shift
export DJANGO_SETTINGS_MODULE="${DJANGO_SETTINGS_MODULE:-config.settings}"

# The probe runs often and everywhere: a shell costs a twentieth of what starting Python does.
ready() {
  local status
  exec 3<>"/dev/tcp/127.0.0.1/${PORT:-8000}"
  printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
  read -r -t 4 _ status _ <&3 && [ "$status" = 200 ]
}

case "$command" in
  web) exec gunicorn -c python:servicekit.gunicorn config.wsgi:application "$@" ;;
  live) exec python -m servicekit.live config.live:application "$@" ;;
  worker) exec python manage.py worker "$@" ;;
  celery)
    # The node's name is a queue of its own on the broker: two workers of one host must not share it.
    # Its banner would be no log line.
    exec celery -A config.celery --quiet worker --hostname "$(basename "$PWD")-$$@%h" --loglevel INFO \
      --concurrency "${CELERY_CONCURRENCY:-1}" --without-gossip --without-mingle "$@"
    ;;
  migrate) exec python manage.py migrate --noinput "$@" ;;
  setup) exec python manage.py setup ;;
  manage) exec python manage.py "$@" ;;
  ready) ready ;;
  -h | --help) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" ;;
  *)
    echo "entrypoint.sh: unknown command '$command'; one of: web live worker celery migrate setup manage ready" >&2
    exit 64
    ;;
esac
