"""Child processes that never outlive the suite: own process groups, a death signal from the kernel, logs in files."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Child:
    """One process and everything that it starts. Start it from the main thread: the death signal follows the thread."""

    name: str
    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str]
    log: Path
    die_signal: signal.Signals = signal.SIGTERM
    popen: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    restarts: int = 0
    facts: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out:
            self.popen = subprocess.Popen(
                list(self.command),
                cwd=self.cwd,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent(self.die_signal),
            )
        self.started = time.monotonic()

    @property
    def pid(self) -> int:
        return self.popen.pid if self.popen else 0

    def alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def how_it_ended(self) -> str:
        """In words: `exit code 3` or `killed by SIGKILL`."""
        code = self.popen.returncode if self.popen else None
        if code is None:
            return "still running"
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"

    def signal(self, number: signal.Signals) -> None:
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def stop(self, number: signal.Signals = signal.SIGTERM, *, timeout: float = 10.0) -> None:
        self.signal(number)
        self.finish(timeout)

    def finish(self, timeout: float) -> None:
        """Waits for the end; afterwards nothing of its group is left."""
        if self.popen is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(max(timeout, 0.01))
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the process and its whole group."""
        if self.popen is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()

    def last_line(self) -> str:
        """The last line of its log that says something, shortened."""
        if not self.log.exists():
            return ""
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines()[-40:] if line.strip()]
        return lines[-1][-300:] if lines else ""


def stop_all(children: Iterable[Child], *, timeout: float = 10.0) -> None:
    """SIGTERM to all at once, then one shared time to end; what is left is killed."""
    stopping = [child for child in children if child.popen is not None]
    for child in stopping:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + timeout
    for child in stopping:
        child.finish(deadline - time.monotonic())


def _die_with_parent(number: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(number))
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return prepare
