"""The parts of nightly.sh that are programs of their own: fuzzing, permission mutants, what a request costs."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from suite import topology
from suite.console import colour, say
from suite.paths import ROOT, SCRIPTS


@dataclass(frozen=True)
class Part:
    """A program run at the root; its exit status is its verdict."""

    name: str
    arguments: tuple[str, ...]


def parts() -> list[Part]:
    """All of them, the services in the order of topology.toml."""
    folders = [service.folder for service in topology.load().services]
    return [
        Part("bench: verification of a token", ("bench/verification.py",)),
        Part("bench: auth hangs", ("bench/auth_away.py",)),
        Part("bench: what a request costs", ("bench/http_cost.py",)),
        Part("bench: plans of 100,000 tickets", ("bench/query_plans.py",)),
        Part("bench: what a probe costs, a frozen database", ("libs/healthcheck/bench",)),
        Part("bench: probes and Celery's bad days", ("libs/healthcheck/bench/celery_table.py",)),
        Part("libraries on the newest Django, every Python", ("-m", "suite.newest")),
        Part("bench: JSON formatters", ("libs/jsonlog/bench",)),
        *(Part(f"schemathesis {folder}", ("-m", "tests.fuzz", folder)) for folder in folders),
        *(Part(f"permission mutants {folder}", ("-m", "suite.mutation", folder)) for folder in folders),
    ]


def run(chosen: Sequence[Part]) -> list[str]:
    """Runs them one after the other, their output as it comes; answers the names of those that failed."""
    return [part.name for part in chosen if not _passed(part)]


def _passed(part: Part) -> bool:
    say(f"{part.name} ...")
    begun = time.monotonic()
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
    done = subprocess.run([sys.executable, *part.arguments], cwd=ROOT, env=environment, check=False)
    mark = colour("FAILED", "red") if done.returncode else colour("ok", "green")
    say(f"  {mark} after {time.monotonic() - begun:.0f} s")
    return done.returncode == 0
