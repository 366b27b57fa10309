"""The server of a live process: `python -m servicekit.live config.live:application`, by uvicorn on BIND:PORT."""

import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

import django
import uvicorn
from django.core.exceptions import ImproperlyConfigured

import healthcheck
from servicekit.env import Env

GRACEFUL_SECONDS = 5
# Connections beyond this are answered 503, whoever they come from.
MAX_CONNECTIONS = 4000
BACKLOG = 2048


class Server(uvicorn.Server):
    """uvicorn's, which tells the streams to end when it is told to: they would hold it up for good."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note the signal; the application looks for `healthcheck.is_draining`."""
        healthcheck.drain()
        super().handle_exit(sig, frame)


def main(application: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    env = Env()
    if env.is_test:
        raise ImproperlyConfigured(
            "DJANGO_ENV is 'test', whose secrets are public: set it to production or development."
        )
    sys.path.insert(0, str(Path.cwd()))
    django.setup()
    config = uvicorn.Config(
        application,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        limit_concurrency=MAX_CONNECTIONS,
        http="h11",
        loop="asyncio",
        ws="none",
    )
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    host = env.str("BIND", default="0.0.0.0")  # noqa: S104 - in a container
    Server(config).run(sockets=[listen(host, env.int("PORT", default=8000))])


def listen(host: str, port: int) -> socket.socket:
    """Bind the address; `[::]` takes IPv4 as well, as it does for gunicorn."""
    host = host.strip("[]")
    if ":" not in host:
        return socket.create_server((host, port), backlog=BACKLOG)
    both = host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=both, backlog=BACKLOG)


if __name__ == "__main__":
    main(sys.argv[1])
