"""A suite of real processes for the time of a test, on servers of its own, with everything in a temporary folder."""

import contextlib
import os
import queue
import random
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import psutil
import psycopg2
from suite import database, setup, topology
from suite.api import Client
from suite.console import Failure
from suite.environment import Environments
from suite.ports import require_free
from suite.state import State
from suite.supervisor import Suite

READY_SECONDS = 180


@dataclass
class Running:
    """A started suite: its addresses, its accounts, and what a fault test does to it."""

    suite: Suite
    databases: dict[str, str]
    _for_main: "queue.Queue[Callable[[], None]]" = field(default_factory=queue.Queue)

    @property
    def password(self) -> str:
        """Of every seeded account."""
        return self.suite.environments.password

    def url(self, service: str) -> str:
        return self.suite.topology[service].url

    def sign_in(self, username: str) -> Client:
        return Client.signed_in(self.url("auth-service"), username, self.password)

    def query(self, service: str, sql: str, *values: object) -> list[tuple[object, ...]]:
        """What a service's database holds; for a ledger that trusts no service's own answer."""
        with contextlib.closing(psycopg2.connect(self.databases[service])) as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())

    def kill(self, service: str, process: str) -> None:
        """`kill -9` of one process, and nothing else of its group."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.suite.member(service, process).child.pid, signal.SIGKILL)

    def kill_a_child(self, service: str, process: str) -> None:
        """`kill -9` of the process that does a server's work, for instance a gunicorn worker."""
        with contextlib.suppress(psutil.NoSuchProcess, IndexError):
            psutil.Process(self.suite.member(service, process).child.pid).children()[0].kill()

    def send(self, service: str, process: str, number: signal.Signals) -> None:
        """A signal to a process and its children; SIGSTOP makes a hung service."""
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.suite.member(service, process).child.pid)
            for one in [parent, *parent.children()]:
                one.send_signal(number)

    def during(self, work: Callable[[], None]) -> None:
        """Do `work` in a thread while dead processes are started again; what it raises is raised here.

        The supervision stays in the main thread, which the kernel's death signal of the processes follows.
        """
        done = threading.Event()
        errors: list[BaseException] = []

        def run() -> None:
            try:
                work()
            except BaseException as error:
                errors.append(error)
            finally:
                done.set()

        def finished() -> bool:
            with contextlib.suppress(queue.Empty):
                self._for_main.get_nowait()()
            return done.is_set()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            self.suite.watch(finished)
        finally:
            thread.join()
        if errors:
            raise errors[0]

    def in_main_thread(self, function: Callable[[], None]) -> None:
        """Have the main thread call `function` while it is in `during`, and wait for it. Servers are started so."""
        called = threading.Event()

        def call() -> None:
            try:
                function()
            finally:
                called.set()

        self._for_main.put(call)
        called.wait()

    def log(self) -> str:
        """All logs, for the message of a failed test."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.suite.state.logs.glob("*.log")))


@contextlib.contextmanager
def running_suite(
    *, database_url: str, broker_url: str = "", environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Start the suite on the given servers, ready, with dead processes started again."""
    given = {"DATABASE_URL": database_url, "DJANGO_CELERY_BROKER_URL": broker_url, **(environment or {})}
    with tempfile.TemporaryDirectory(prefix="tts-e2e-") as folder, patch.dict(os.environ, given):
        shape = free_topology()
        state = State(Path(folder))
        state.open()
        state.begin_logs()
        urls = database.prepare(shape)
        environments = Environments(topology=shape, state=state, databases=urls)
        setup.run_all(shape, state, environments, urls, trust_stamps=False)
        suite = Suite(shape, state, environments, restart=True)
        try:
            suite.start()
            suite.wait_ready(READY_SECONDS)
            yield Running(suite, urls)
        finally:
            suite.end()


def free_topology() -> topology.Topology:
    """The suite at ports of which none is taken; several runs may go on at once."""
    for _ in range(100):
        shape = topology.load(port_offset=random.randrange(1000, 22000))
        try:
            require_free(shape)
        except Failure:
            continue
        return shape
    raise Failure("no free ports for a suite")
