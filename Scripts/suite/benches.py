"""The benches that nightly.sh runs: figures, and promises that a test cannot hold in its few seconds."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from suite import servers
from suite.console import colour, say
from suite.paths import CACHE, ROOT
from suite.postgres import UNSAFE_FAST


@dataclass(frozen=True)
class Bench:
    """A program of bench/, run inside a service's folder; its exit status says whether the promise was kept."""

    name: str
    folder: str
    program: str

    def command(self) -> list[str]:
        return [sys.executable, os.path.relpath(ROOT / "bench" / self.program, ROOT / self.folder)]


BENCHES = (
    Bench("bench: live streams", "messaging", "live.py"),
    Bench("bench: notifications", "notification_service", "notifications.py"),
)


def run(chosen: list[Bench]) -> list[str]:
    """Runs them one after the other on a PostgreSQL of their own; answers the names of those that broke a promise."""
    if not chosen:
        return []
    servers.install(need_rabbitmq=False)
    cluster = servers.postgresql(CACHE / "servers" / "benches" / "postgresql", options=UNSAFE_FAST)
    try:
        cluster.start()
        return [bench.name for bench in chosen if not _kept(bench, cluster.url(f"bench_{bench.folder}"))]
    finally:
        cluster.stop()


def _kept(bench: Bench, database_url: str) -> bool:
    say(f"{bench.name} ...")
    begun = time.monotonic()
    done = subprocess.run(
        bench.command(),
        cwd=ROOT / bench.folder,
        env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    for line in done.stdout.splitlines():
        say(f"  {line}")
    if done.returncode:
        say(done.stderr[-2000:])
    mark = colour("FAILED", "red") if done.returncode else colour("kept", "green")
    say(f"  {mark} after {time.monotonic() - begun:.0f} s")
    return done.returncode == 0
