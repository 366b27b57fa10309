"""Child processes that never outlive the suite: own process groups, a death signal from the kernel, logs in files."""

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
# Reads "+GROUP" and "-GROUP" lines until its input ends, which it does when we die, however we die; then ends them all.
_GUARDIAN = """
trap '' INT TERM HUP
groups=' '
while read -r line; do
  case "$line" in
    +*) groups="$groups-${line#+} " ;;
    -*) groups="${groups/ $line / }" ;;
  esac
done
[ "$groups" != ' ' ] || exit 0
kill -TERM -- $groups 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
  kill -0 -- $groups 2>/dev/null || exit 0
  sleep 0.2
done
kill -KILL -- $groups 2>/dev/null
"""


class Guardian:
    """A small shell that outlives us by seconds and ends the process groups that we could not, after a `kill -9`."""

    def __init__(self) -> None:
        self._shell = subprocess.Popen(
            ["bash", "-c", _GUARDIAN],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )

    def watch(self, group: int) -> None:
        self._tell(f"+{group}")

    def forget(self, group: int) -> None:
        self._tell(f"-{group}")

    def _tell(self, line: str) -> None:
        if self._shell.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):  # somebody killed it; the kernel's death signal remains
            self._shell.stdin.write(f"{line}\n")
            self._shell.stdin.flush()


@functools.cache
def guardian() -> Guardian:
    return Guardian()


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

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as out, _uninterrupted():
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
            guardian().watch(self.pid)

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

    def send(self, number: signal.Signals) -> None:
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def stop(self, number: signal.Signals = signal.SIGTERM, *, timeout: float = 10.0) -> None:
        self.send(number)
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
        end_group(self.pid)
        self.popen.wait()
        guardian().forget(self.pid)

    def last_line(self) -> str:
        """The last line of its log that says something, shortened."""
        if not self.log.exists():
            return "(no log)"
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines()[-40:] if line.strip()]
        return lines[-1][-300:] if lines else "(it wrote nothing)"


def end_group(group: int) -> None:
    """SIGKILL to a whole process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """What would end us waits until the child is on record: one that is forked and not known yet would outlive us."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python runs signal handlers in the main thread only
        return
    caught: list[int] = []
    usual = {
        number: signal.signal(number, lambda came, _: caught.append(came))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
        for came in caught:
            signal.raise_signal(came)


def stop_all(children: Iterable[Child], *, timeout: float = 10.0) -> None:
    """SIGTERM to all at once, then one shared time to end; what is left is killed."""
    stopping = [child for child in children if child.popen is not None]
    for child in stopping:
        child.send(signal.SIGTERM)
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
