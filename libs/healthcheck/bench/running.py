"""What the benches start: an environment with the peers, a PostgreSQL, gunicorn; and a small HTTP client."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "Scripts"))

import psutil  # noqa: E402
from suite import servers  # noqa: E402
from suite.ports import any_free  # noqa: E402
from suite.postgres import Cluster  # noqa: E402

PEERS = ("django-health-check==4.8.0", "django-alive==2.0.0", "django-watchman==1.5.0")
OTHERS = ("django>=5.2,<5.3", "gunicorn==27.0.1", "psycopg[binary]", "celery", "prometheus-client")


def environment(folder: Path) -> Path:
    """A virtual environment with the peers and this library; its interpreter."""
    venv.EnvBuilder(with_pip=True, symlinks=True).create(folder)
    python = folder / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *PEERS, *OTHERS, str(HERE.parent)], check=True)
    return python


@contextlib.contextmanager
def postgresql() -> Iterator[Cluster]:
    """A server of our own with the database `bench`."""
    servers.install(need_rabbitmq=False)
    cluster = servers.postgresql(ROOT / ".cache" / "servers" / "health-bench" / "postgresql")
    try:
        cluster.start()
        cluster.create_databases(["bench"])
        yield cluster
    finally:
        cluster.stop(timeout=10)


def postgres_processes(cluster: Cluster) -> list[psutil.Process]:
    """The postmaster and its backends."""
    postmaster = psutil.Process(int((cluster.data / "postmaster.pid").read_text().split()[0]))
    return [postmaster, *postmaster.children()]


@contextlib.contextmanager
def frozen(processes: list[psutil.Process]) -> Iterator[None]:
    """Stopped with SIGSTOP for as long as the block runs."""
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@dataclass
class Server:
    """One gunicorn with one worker."""

    port: int
    worker: int
    keeps_alive: bool
    header: str = ""  # with its line's end

    def cpu(self) -> float:
        """Seconds of processor time of the worker, its threads that have ended included."""
        return time.clock_gettime((~self.worker << 3) | 2)  # clock_getcpuclockid(3)

    def get(self, path: str, timeout: float = 30.0) -> tuple[int, float, bytes]:
        """Status (0: no answer), seconds and body."""
        begun = time.monotonic()
        try:
            with Client(self, timeout) as client:
                status, body = client.get(path)
        except OSError:
            return 0, time.monotonic() - begun, b""
        return status, time.monotonic() - begun, body


class Client:
    """HTTP/1.1 by hand: the client must not cost more than the server."""

    def __init__(self, server: Server, timeout: float = 30.0) -> None:
        self._server, self._timeout = server, timeout
        self._socket: socket.socket | None = None

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket:
            self._socket.close()

    def get(self, path: str) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._server.port), self._timeout)
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{self._server.header}\r\n"
        self._socket.sendall(request.encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += self._receive()
        if not self._server.keeps_alive:
            self._socket.close()
            self._socket = None
        return int(head[9:12]), body

    def _receive(self) -> bytes:
        assert self._socket
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionResetError
        return chunk


@contextlib.contextmanager
def gunicorn(python: Path, kind: str, **variables: str) -> Iterator[Server]:
    """`kind` is sync or gthread (four threads); `variables` are the project's."""
    port = any_free()
    command = [str(python.parent / "gunicorn"), "project:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", kind, "--threads", "4" if kind == "gthread" else "1", "--log-level", "error"]
    environment = os.environ | variables | {"PYTHONPATH": str(HERE)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen([*command, "--no-control-socket"], cwd=HERE, env=environment, start_new_session=True)
    try:
        server = Server(port, 0, kind == "gthread")
        until = time.monotonic() + 60
        while server.get("/app/", 5.0)[0] != 200:
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit(f"gunicorn with {variables} does not answer")
            time.sleep(0.1)
        (worker,) = psutil.Process(process.pid).children()
        server.worker = worker.pid
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def requests(server: Server, path: str, count: int, clients: int = 2) -> tuple[float, float]:
    """`count` requests over so many connections: seconds of the worker's processor time each, and requests a second."""

    def run() -> None:
        with Client(server) as client:
            for _ in range(count // clients):
                status, _ = client.get(path)
                assert status == 200, f"{path}: {status}"

    threads = [threading.Thread(target=run) for _ in range(clients)]
    cpu, begun = server.cpu(), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (server.cpu() - cpu) / count, count / (time.monotonic() - begun)
