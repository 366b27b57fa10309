"""gunicorn's configuration: `gunicorn -c python:servicekit.gunicorn config.wsgi:application`.

WEB_CONCURRENCY processes (1) of WEB_THREADS threads (4), on BIND:PORT (0.0.0.0:8000). A reverse proxy that spools
requests must stand in front: slow clients hold threads.
"""

import os
from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

import healthcheck
import jsonlog.config
import jsonlog.gunicorn
from servicekit.env import Env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")  # as config/wsgi.py says
_env = Env()
if _env.is_test:
    raise ImproperlyConfigured("DJANGO_ENV is 'test', whose secrets are public: set it to production or development.")

bind = f"{_env.str('BIND', default='0.0.0.0')}:{_env.int('PORT', default=8000)}"  # noqa: S104 - in a container
worker_class = "gthread"
workers = _env.int("WEB_CONCURRENCY", default=1, minimum=1)
threads = _env.int("WEB_THREADS", default=4, minimum=1)

# For so long after SIGTERM readiness says no while requests are still served: a load balancer needs it to look away.
_drain_seconds = _env.int("DRAIN_SECONDS", default=5 if _env.is_production else 0, minimum=0)

timeout = 30
graceful_timeout = 20 + _drain_seconds
keepalive = 75  # longer than the proxy keeps its idle connections, so that it never writes to one being closed
max_requests = 5000
max_requests_jitter = 500

control_socket_disable = True
# The heartbeat file on a disk that stalls would get healthy workers killed.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) and Path("/dev/shm").is_dir() else None  # noqa: S108

accesslog = None  # jsonlog.middleware.RequestIdMiddleware writes the access lines
# Reading the settings here ends a misconfigured start in the arbiter, with one message, before any worker boots.
logconfig_dict = jsonlog.gunicorn.logconfig_dict(
    settings.SERVICE,
    version=settings.VERSION,
    environment=_env.name,
    level=_env.str("LOG_LEVEL", default="INFO"),
    style=cast(jsonlog.config.Style, _env.str("LOG_STYLE", default="json")),
)


def post_worker_init(worker: object) -> None:
    """gunicorn's hook, the first moment at which a worker's signal handlers stay as they are."""
    healthcheck.drain_on_sigterm(delay=_drain_seconds)
