"""`Scripts/drill.sh`: brings a suite of its own up on Docker, runs drills on it, tears it down."""

import argparse
import os
import tempfile
from pathlib import Path

from suite import docker, e2e, topology
from suite.console import Failure, say
from suite.drills import backups, console, deploys, faults, slow_clients
from suite.stack import Stack, require_docker
from suite.topology import Topology

DRILLS = ("faults", "deploys", "backup", "slow-clients", "console")


def run(options: argparse.Namespace) -> int:
    """0 if every drill held."""
    require_docker()
    if options.project:
        stack = Stack(project=options.project)
        return drill(options, stack, docker.behind_gateway(topology.load(), stack.variables()))
    with tempfile.TemporaryDirectory(prefix="tts-drill-") as folder:
        stack = Stack(project=f"tts-drill-{os.getpid()}", env_file=e2e.environment(Path(folder), tag=options.images))
        shape = topology.load()
        try:
            wanted = argparse.Namespace(demo=False, timeout=options.timeout, build=not options.images)
            if code := docker.start(wanted, shape, stack):
                return code
            return drill(options, stack, docker.behind_gateway(shape, stack.variables()))
        finally:
            say("Tearing down ...")
            docker.remove_temporary(stack)
            stack.run("down", "--remove-orphans", "--volumes", within=240)


def drill(options: argparse.Namespace, stack: Stack, shape: Topology) -> int:
    if stack.variables()["DJANGO_ENV"] != "development":
        raise Failure("drills break things and need the demo accounts: DJANGO_ENV is not development here")
    wanted = {
        "faults": lambda: faults.run(stack, shape, [p for p in faults.PHASES if options.only in p]),
        "deploys": lambda: deploys.run(stack, shape, options.only),
        "backup": lambda: backups.run(stack, shape),
        "slow-clients": lambda: slow_clients.run(stack, shape),
        "console": lambda: console.run(stack, shape),
    }
    failed = []
    names = options.drill or DRILLS
    if unknown := sorted(set(names) - set(wanted)):
        raise Failure(f"no drill {unknown[0]!r}; one of: {' '.join(DRILLS)}")
    for name in names:
        say(f"\nDrill: {name}")
        if wanted[name]():
            failed.append(name)
    say(f"\n{len(names) - len(failed)} passed, {len(failed)} failed {' '.join(failed)}".rstrip())
    return 1 if failed else 0
