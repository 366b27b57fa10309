"""`Scripts/release.sh`: deploy, promote, rollback, status."""

import argparse
import signal
import time
from pathlib import Path
from types import FrameType

from suite import docker, images, topology
from suite.console import Failure, say, table
from suite.rollout import images as versions
from suite.rollout import sequence, state
from suite.rollout.sequence import Plan, Rollout
from suite.stack import Stack, require_docker
from suite.topology import Service, Topology

# Exit codes, those of Scripts/deploy_railway.py: nothing was changed; what ran before runs again; neither is sure.
UNCHANGED, RESTORED, UNSURE = 1, 3, 4


def run(options: argparse.Namespace) -> int:
    require_docker()
    stack = Stack(project=options.project, env_file=Path(options.env_file))
    if not stack.env_file.exists():
        raise Failure("nothing was ever started here; run `bash Scripts/docker.sh` first")
    shape = docker.behind_gateway(topology.load(), stack.variables())
    if options.action == "status":
        return status(stack, shape)
    service = named(shape, options.service)
    signal.signal(signal.SIGTERM, _interrupt)
    with state.alone(stack):
        return {"deploy": deploy, "promote": promote, "rollback": rollback}[options.action](
            options, stack, shape, service
        )


def plan(options: argparse.Namespace) -> Plan:
    try:
        steps = tuple(int(part) for part in options.steps.split(","))
    except ValueError:
        steps = ()
    if not steps or steps[-1] != 100 or list(steps) != sorted(set(steps)) or steps[0] < 1:
        raise Failure(f"--steps {options.steps}: rising percentages, the last 100: 10,25,50,100")
    return Plan(steps=steps, ready=options.ready, step=options.step_seconds, hold=options.hold)


def named(shape: Topology, name: str) -> Service:
    for service in shape.services:
        if name in {service.name, service.folder}:
            return service
    raise Failure(f"no service {name!r}; one of: {' '.join(service.name for service in shape.services)}")


def deploy(options: argparse.Namespace, stack: Stack, shape: Topology, service: Service) -> int:
    """Builds (or takes `--image`) and replaces the service by it."""
    wanted = plan(options)
    state.refuse_unfinished(stack)
    tag = options.image
    if not tag:
        say("Building ...")
        tag = versions.CANDIDATE
        image = images.of_service(service, stack.variables())
        images.build_one(image, [versions.name(service, stack, tag)], images.git_revision())
    return replace(stack, shape, service, wanted, tag=tag)


def rollback(options: argparse.Namespace, stack: Stack, shape: Topology, service: Service) -> int:
    """Takes an unfinished replacement back; after a finished one, the image before it is deployed, without steps."""
    known = state.load(state.path_of(stack, service.name))
    if known is None or (not known.unfinished and known.phase != "promoted"):
        raise Failure(f"{service.name}: there is nothing to go back from; see `bash Scripts/release.sh status`")
    if known.unfinished:
        resumed(options, stack, shape, service, known).restore("asked for")
        return 0
    back = Plan(steps=(100,), ready=options.ready, step=0.0, hold=0.0, check_migrations=False)
    return replace(stack, shape, service, back, tag=versions.PREVIOUS)


def promote(options: argparse.Namespace, stack: Stack, shape: Topology, service: Service) -> int:
    """Ends a hold that nobody watches any more: the new version stays."""
    known = state.load(state.path_of(stack, service.name))
    if known is None or known.phase not in {"holding", "finishing"}:
        raise Failure(f"{service.name}: no new version waits to be promoted; see `bash Scripts/release.sh status`")
    rollout = resumed(options, stack, shape, service, known)
    if trouble := rollout.green.problem():
        raise Failure(f"{trouble}; `bash Scripts/release.sh rollback {service.name}`")
    rollout.promote()
    rollout.finish()
    return 0


def resumed(
    options: argparse.Namespace, stack: Stack, shape: Topology, service: Service, known: state.State
) -> Rollout:
    return Rollout(stack, shape, service, plan(options), state.path_of(stack, service.name), known)


def replace(stack: Stack, shape: Topology, service: Service, wanted: Plan, *, tag: str) -> int:
    """From the checks to the tag `latest-stable`, or back. Answers the exit code."""
    begun = time.monotonic()
    rollout = sequence.begin(stack, shape, service, wanted, tag=tag, path=state.path_of(stack, service.name))
    if rollout is None:
        say(f"{service.name} runs this image already; nothing to do")
        return 0
    say(f"{service.name}: {rollout.state.previous[7:19]} -> {rollout.state.candidate[7:19]}")
    try:
        rollout.check()
    except Failure as failure:
        rollout.state.reason = str(failure)
        rollout.enter("failed", str(failure))
        raise
    try:
        rollout.start()
        rollout.shift()
        rollout.finish()
    except (Failure, KeyboardInterrupt) as caught:
        return take_back(rollout, str(caught) or "interrupted")
    say(f"{service.name} was replaced in {time.monotonic() - begun:.0f} s")
    return 0


def take_back(rollout: Rollout, reason: str) -> int:
    begun = time.monotonic()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        rollout.restore(reason)
    except Failure as failure:
        say(f"error: {reason}; and going back failed: {failure}")
        say(f"`docker ps`, then `bash Scripts/release.sh rollback {rollout.service.name}`")
        return UNSURE
    say(f"error: not deployed: {reason}; what ran before runs again ({time.monotonic() - begun:.0f} s)")
    return RESTORED


def status(stack: Stack, shape: Topology) -> int:
    """1 while a replacement is unfinished."""
    found = [state.load(state.path_of(stack, service.name)) for service in shape.services]
    rows = [
        [known.service, known.phase, known.percent, known.candidate[7:19], known.changed_at, known.reason]
        for known in found
        if known
    ]
    if not rows:
        say("no service was replaced so far")
        return 0
    say(table(["service", "phase", "percent", "image", "since", "reason"], rows))
    return 1 if state.unfinished(stack) else 0


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
