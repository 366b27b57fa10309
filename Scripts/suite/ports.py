"""Whether the ports are free, before anything is started on them."""

import contextlib
import random
import socket
import time

import psutil

from suite.console import Failure
from suite.topology import Topology

_PATIENCE = 3.0  # processes of a suite that was just killed may still be on their way out


def require_free(topology: Topology) -> None:
    """Raises `Failure` that names the first port that is taken and, where it can be known, by whom."""
    deadline = time.monotonic() + _PATIENCE
    for service in topology.services:
        if not any(process.command == "web" for process in service.processes):
            continue
        for port in service.ports:
            while not is_free(port):
                if time.monotonic() > deadline:
                    raise Failure(
                        f"port {port} of {service.name} is taken{by_whom(port)}; "
                        "stop that, or move all ports: --port-offset 1000"
                    )
                time.sleep(0.1)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def any_free(count: int = 1) -> int:
    """The first of `count` ports in a row that were free a moment ago.

    Below the range from which systems number outgoing connections (32768 on Linux, 49152 elsewhere): a server that is
    stopped for a while would otherwise find its port taken by somebody's connection. Above those that browsers refuse.
    """
    for _ in range(1000):
        first = random.randrange(10_100, 32_000)  # noqa: S311 - no secret
        if all(is_free(first + n) for n in range(count)):
            return first
    raise Failure("no free port between 10100 and 32000")


def by_whom(port: int) -> str:
    """` by NAME (pid N)` where it can be known who listens on a port, otherwise nothing."""
    with contextlib.suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            taken = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port
            if taken and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
