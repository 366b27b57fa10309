"""Waits until a compose project is up: a table that follows it on a terminal, a line for each container elsewhere."""

import subprocess
import sys
import time

from suite.console import Failure, colour, say, table
from suite.stack import Container, Stack

_PAUSE = 1.5  # seconds; one look at all containers costs compose half a second of processor time


class Progress:
    """Shows how far each container is."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._ready: dict[str, float] = {}
        self._drawn = 0
        self._live = sys.stdout.isatty()

    def show(self, containers: list[Container]) -> None:
        now = time.monotonic() - self._begun
        fresh = [container for container in containers if container.done and container.name not in self._ready]
        self._ready |= {container.name: now for container in fresh}
        if self._live:
            self._redraw(containers)
            return
        for container in fresh:
            say(f"  {container.shown:<8} {container.name:<30} {now:5.1f} s")

    def _redraw(self, containers: list[Container]) -> None:
        rows = [[c.name, c.shown, f"{self._ready[c.name]:.1f} s" if c.name in self._ready else ""] for c in containers]
        text = table(["container", "state", "after"], rows)
        sys.stdout.write(f"\033[{self._drawn}A\033[J" if self._drawn else "")
        say(text)
        self._drawn = text.count("\n") + 1


def bring_up(stack: Stack, *, within: float) -> float:
    """Starts what does not run, migrates, and waits until all is ready; answers how many seconds that took.

    Raises `Failure` with the container that failed and the last thing that it said.
    """
    begun = time.monotonic()
    progress = Progress()
    # Jobs are to run again, and what failed the last time is no news.
    stack.run("rm", "--force")
    with stack.start("up", "--detach", "--remove-orphans", "--quiet-pull") as up:
        try:
            while not _is_up(stack, up, progress):
                if time.monotonic() - begun > within:
                    late = ", ".join(container.name for container in stack.containers() if not container.done)
                    raise Failure(f"not ready after {within:.0f} s: {late}; see `bash Scripts/docker.sh logs NAME`")
                time.sleep(_PAUSE)
        finally:
            if up.poll() is None:
                up.terminate()
    return time.monotonic() - begun


def _is_up(stack: Stack, up: "subprocess.Popen[str]", progress: Progress) -> bool:
    ended = up.poll() is not None
    containers = stack.containers()
    progress.show(containers)
    _require_none_failed(stack, containers)
    if ended and up.returncode != 0:
        raise Failure(_reason(up))
    return ended and bool(containers) and all(container.done for container in containers)


def _require_none_failed(stack: Stack, containers: list[Container]) -> None:
    for container in containers:
        if not container.failed:
            continue
        said = stack.last_line(container.name)
        hint = ""
        if container.name == "db-ensure" and "password authentication failed" in said:
            hint = " (the volume was made with another .env: bring that back, or start empty with `reset`)"
        raise Failure(
            f"{container.name} {colour('failed', 'red')} (exit code {container.exit_code}): {said}{hint}; "
            f"see `bash Scripts/docker.sh logs {container.name}`"
        )


def _reason(up: "subprocess.Popen[str]") -> str:
    text = up.stdout.read() if up.stdout else ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return f"docker compose up failed: {lines[-1] if lines else f'exit code {up.returncode}'}"
