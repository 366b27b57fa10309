"""Migrations and seeds of all services, side by side; what has not changed since its last success is left out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from suite.console import Failure, say
from suite.environment import Environments
from suite.install import digest
from suite.paths import LIBS, ROOT
from suite.processes import Child, stop_all
from suite.state import State
from suite.topology import Service, Topology

_WITHIN = 300.0


@dataclass
class Step:
    """One command of a service; the stamp says for which sources and database it has been done."""

    service: Service
    arguments: Sequence[str]
    name: str
    stamp: str


def steps_of(service: Service, database: str) -> list[Step]:
    """`setup` (migrations, queues), then the service's seeds, in their order."""
    libraries = [ROOT / "libs" / lib / "src" for lib in LIBS]
    migrations = [path for folder in [service.path, *libraries] for path in folder.rglob("migrations/*.py")]
    configured = [ROOT / "constraints.txt", service.path / "config" / "settings.py"]
    app = service.path / service.app
    sown = [path for path in app.rglob("*.py") if "tests" not in path.relative_to(app).parts]
    migrated = digest([*migrations, *configured], database)
    steps = [Step(service, ["setup"], f"{service.name}-setup", migrated)]
    for seed in service.seeds:
        stamp = digest(sown, database)
        steps.append(Step(service, ["manage", seed], f"{service.name}-{seed}", stamp))
    return steps


def run_all(
    topology: Topology, state: State, environments: Environments, databases: dict[str, str], *, trust_stamps: bool
) -> int:
    """Runs what is due in all services at once and answers how many commands that were.

    `trust_stamps` is false where a server of the caller is used: it may have been emptied without our knowing, so the
    migrations run every time there (they and the seeds are idempotent).
    """
    waiting: dict[str, list[Step]] = {}
    for service in topology.services:
        steps = steps_of(service, databases[service.name])
        due = [step for step in steps if not (trust_stamps and state.done(step.name, step.stamp))]
        if due:
            waiting[service.name] = due
    count = sum(len(steps) for steps in waiting.values())
    running: dict[str, Child] = {}
    deadline = time.monotonic() + _WITHIN
    try:
        while waiting:
            for name in list(waiting):
                _advance(name, waiting, running, state, environments)
            if time.monotonic() > deadline:
                raise Failure(f"setting up took longer than {_WITHIN:.0f} s; see {state.shown(state.logs)}")
            time.sleep(0.03)
    finally:
        stop_all(running.values())
    return count


def _advance(
    name: str, waiting: dict[str, list[Step]], running: dict[str, Child], state: State, environments: Environments
) -> None:
    """Starts the service's next command, or takes note that its present one has ended."""
    step = waiting[name][0]
    child = running.get(name)
    if child is None:
        running[name] = start(step, state.log(f"{name}-setup"), environments)
        return
    if child.alive():
        return
    del running[name]
    child.kill()
    if child.popen is None or child.popen.returncode != 0:
        raise Failure(
            f"{name}: `{' '.join(step.arguments)}` failed ({child.how_it_ended()}); "
            f"see {state.shown(child.log)}: {child.last_line()}"
        )
    state.set_done(step.name, step.stamp)
    say(f"  done   {name} {' '.join(step.arguments):<28} {time.monotonic() - child.started:5.1f} s")
    waiting[name].pop(0)
    if not waiting[name]:
        del waiting[name]


def start(step: Step, log: Path, environments: Environments) -> Child:
    child = Child(
        name=step.name,
        command=["bash", "entrypoint.sh", *step.arguments],
        cwd=step.service.path,
        env=environments.of_service(step.service),
        log=log,
    )
    child.start()
    return child
