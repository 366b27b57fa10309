"""Live processes as they run in production, and readers of them, for the tests of a service's live channel."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from typing import Any, ClassVar, Generic, TypeVar

from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone

from jwtauth.conf import config
from jwtauth.models import KeySet
from jwtauth.testing import jwk

WITHIN_SECONDS = 60.0


def until(what: str, condition: Callable[[], bool]) -> None:
    """Wait for it; fails after a minute."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {WITHIN_SECONDS:.0f} s: {what}")
        time.sleep(0.02)


def trust_the_tests() -> None:
    """Let the processes believe the tests' tokens, by the key that auth once gave."""
    KeySet.objects.get_or_create(
        issuer=config().issuer, defaults={"document": {"keys": [jwk]}, "fetched_at": timezone.now()}
    )


class LiveProcess:
    """One process over the database of the tests, in the folder of the service whose tests these are.

    `variables` are what the service wants beside what every service does.
    """

    command: tuple[str, ...] = ("-m", "servicekit.live", "config.live:application")

    def __init__(self, **variables: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        given = connection.settings_dict
        address = f"{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}"
        environment = os.environ | {
            "DJANGO_ENV": "development",
            "DJANGO_SECRET_KEY": os.urandom(32).hex(),
            "SERVICE_CLIENT_SECRET": os.urandom(32).hex(),
            "DATABASE_URL": f"postgres://{address}/{given['NAME']}",
            "AUTH_SERVICE_URL": "http://127.0.0.1:9",
            "LOG_LEVEL": "ERROR",
            "BIND": "127.0.0.1",
            "PORT": str(self.port),
            **variables,
        }
        arguments = [sys.executable, *self.command]
        self._popen = subprocess.Popen(arguments, env=environment)  # noqa: S603 - no input

    @property
    def pid(self) -> int:
        return self._popen.pid

    def wait_ready(self) -> None:
        """Until it answers /livez."""
        until("the live process answers", lambda: self.get("/livez") == 200)

    def get(self, path: str, **headers: str) -> int:
        """The status of a request that is no stream."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=10)
        with suppress(OSError):
            client.request("GET", path, headers=headers)
            return client.getresponse().status
        return 0

    def terminate(self) -> int:
        """SIGTERM; the seconds that it takes to end are the server's own."""
        self._popen.send_signal(signal.SIGTERM)
        return self._popen.wait(WITHIN_SECONDS)

    def kill(self) -> None:
        """`kill -9`."""
        self._popen.kill()
        self._popen.wait()

    def stop(self) -> None:
        """End it as a deployment does, so that what is measured in it is written; by force if that takes too long."""
        self._popen.terminate()
        try:
            self._popen.wait(WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


class WebProcess(LiveProcess):
    """gunicorn, which takes the requests that are no streams."""

    command = ("-m", "gunicorn", "-c", "python:servicekit.gunicorn", "config.wsgi:application")


class LiveReader:
    """Reads a stream in a thread and comes back whenever it ends, until `stop` or an `end` event.

    `seen` holds the numbered events as (number, name, data), `named` the others as (name, data).
    """

    def __init__(self, ports: list[int], token: str, path: str, *, again: bool = True) -> None:
        self._ports, self._token, self._path, self._again = ports, token, path, again
        self.seen: list[tuple[int, str, dict[str, Any]]] = []
        self.named: list[tuple[str, Any]] = []
        self.statuses: list[int] = []
        self.raw = b""
        self._stop = threading.Event()
        self._response: HTTPResponse | None = None
        self._client: HTTPConnection | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def connected(self) -> bool:
        """Whether a stream is open now."""
        return self._response is not None

    @property
    def ended(self) -> str | None:
        """The reason of the first `end`."""
        return next((data["reason"] for name, data in self.named if name == "end"), None)

    def numbers(self) -> list[int]:
        """The sequence numbers received, in order."""
        return [seq for seq, _, _ in self.seen]

    def drop(self) -> None:
        """Cut the connection, as a train in a tunnel does."""
        client = self._client
        if client is not None and client.sock is not None:
            with suppress(OSError):
                client.sock.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """Read no more."""
        self._stop.set()
        self.drop()
        self._thread.join(WITHIN_SECONDS)

    def _run(self) -> None:
        turn = 0
        while not self._stop.is_set():
            with suppress(OSError, ValueError, AttributeError):
                self._read(self._ports[turn % len(self._ports)])
            self._response = None
            turn += 1
            if not self._again:
                return
            time.sleep(0.01)

    def _read(self, port: int) -> None:
        self._client = HTTPConnection("127.0.0.1", port, timeout=WITHIN_SECONDS)
        headers = {"Authorization": f"Bearer {self._token}"}
        if self.seen:
            headers["Last-Event-ID"] = str(self.seen[-1][0])
        self._client.request("GET", self._path, headers=headers)
        response = self._client.getresponse()
        self.statuses.append(response.status)
        if response.status != 200:
            self._stop.set()
            return
        self._response = response
        event: dict[str, str] = {}
        while line := response.readline():
            self.raw += line
            text = line.decode().rstrip("\n")
            if text:
                name, _, value = text.partition(": ")
                event[name] = value
                continue
            if "data" in event:
                self._take(event)
            event = {}

    def _take(self, event: dict[str, str]) -> None:
        data = json.loads(event["data"])
        if "id" in event:
            self.seen.append((int(event["id"]), event["event"], data))
        else:
            self.named.append((event["event"], data))
            if event["event"] == "end":
                self._stop.set()


OneReader = TypeVar("OneReader", bound=LiveReader)


class LiveTestCase(TransactionTestCase, Generic[OneReader]):
    """Two live processes for all the tests of a class, and the readers of one test."""

    reader_class: type[OneReader]
    sources: ClassVar[tuple[str, ...]]
    """The variables with the addresses of the services that this one consumes from; nobody answers there."""

    processes: ClassVar[list[LiveProcess]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.processes = [cls.new_process(), cls.new_process()]
        for process in cls.processes:
            cls.addClassCleanup(process.stop)
        for process in cls.processes:
            process.wait_ready()

    def setUp(self) -> None:
        trust_the_tests()
        self.readers: list[OneReader] = []
        self.ports = [process.port for process in self.processes]

    def tearDown(self) -> None:
        for reader in self.readers:
            reader.stop()

    @classmethod
    def new_process(cls) -> LiveProcess:
        """One that starts."""
        return LiveProcess(**dict.fromkeys(cls.sources, "http://127.0.0.1:9"))

    def process(self) -> LiveProcess:
        """One more that is ready, for a test that ends it."""
        process = self.new_process()
        self.addCleanup(process.stop)
        process.wait_ready()
        return process

    def follow(self, token: str, path: str, *, again: bool = True) -> OneReader:
        """Somebody who reads live, connected; processes in turn."""
        ports = self.ports if len(self.readers) % 2 else self.ports[::-1]
        reader = self.reader_class(ports, token, path, again=again)
        self.readers.append(reader)
        until("the reader is connected", lambda: reader.connected or bool(reader.statuses))
        return reader
