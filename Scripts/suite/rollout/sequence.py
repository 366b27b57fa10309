"""The replacement itself: checked, started, tried, given traffic step by step, promoted; or taken back, by itself."""

import contextlib
import functools
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from suite.console import Failure, say
from suite.polling import until
from suite.rollout import gateway, green, images, smoke, state
from suite.rollout.gates import WINDOW, Figures, Observed, figures, verdict
from suite.rollout.green import Green
from suite.rollout.state import State
from suite.stack import Stack, compose_name, output
from suite.topology import Process, Service, Topology

PROBES_IN_A_ROW = 3
PROBE_SECONDS = 1.0
_TICK = 1.0
_REPLACED = 180.0  # as long as compose lets a container start; nobody waits for an answer of it meanwhile
_DRAINED = 35.0  # the gateway's worker_shutdown_timeout and some
# The bracket keeps the pattern from finding the shell that asks.
_LEFT = "! grep -qs '[s]hutting down' /proc/[0-9]*/cmdline"


@dataclass(frozen=True)
class Plan:
    """`steps` are percentages; seconds: `ready` to become ready in, `step` to be watched at each, `hold` at the end."""

    steps: tuple[int, ...] = (10, 25, 50, 100)
    ready: float = 60.0
    step: float = 30.0
    hold: float = 300.0
    check_migrations: bool = True


@dataclass
class Rollout:
    """One service's replacement; `state` is written to `path` before each thing that it says."""

    stack: Stack
    shape: Topology
    service: Service
    plan: Plan
    path: Path
    state: State
    baseline: Figures = field(default_factory=lambda: figures([]))
    ask: Callable[[smoke.Target], int] = smoke.run

    @property
    def green(self) -> Green:
        return Green(self.stack, self.service)

    @property
    def variables(self) -> dict[str, str]:
        return self.stack.variables()

    def enter(self, phase: str, event: str) -> None:
        self.state.phase = phase
        state.save(self.path, self.state, event=event)
        say(f"  {phase:<10} {event}")

    def check(self) -> None:
        """Whether the code that runs bears the new migrations. Changes nothing."""
        if not self.plan.check_migrations:
            return
        found = images.migration_problems(self.state.previous, self.state.candidate)
        if found:
            raise Failure(f"the running version would not bear {found[0]}" + _and_more(len(found) - 1))
        self.enter("checking", "the running version bears the new migrations")

    def start(self) -> None:
        """Migrates, starts the new version beside the old one, and tries it before it takes traffic."""
        self.enter("starting", "migrating")
        setup = f"{self.service.name}-setup"
        green.with_tag(self.stack, images.CANDIDATE, "run", "--rm", "--no-deps", "--no-TTY", setup)
        self.green.stop()
        self.green.start(images.CANDIDATE)
        until("the new version is ready", self.green.healthy, within=self.plan.ready, pause=0.5)
        if self.green.image() != self.state.candidate:
            raise Failure("the new container does not run the new image")
        target = smoke.Target(
            service=self.service,
            url=self.green.url(),
            version=images.version(self.state.candidate),
            token=smoke.token(self.variables, self.shape["auth-service"].url),
            headers=smoke.headers(self.variables),
        )
        asked = self.ask(target)
        self.enter("starting", f"ready, and {asked} smoke tests passed")

    def shift(self) -> None:
        """Gives it more and more of the traffic; `Failure` as soon as something speaks against it."""
        with gateway.watched(self.stack) as observed:
            for percent in self.plan.steps:
                self.weigh(percent)
                self.watch(observed, self.plan.step)
            self.promote()
            self.watch(observed, self.plan.hold)

    def weigh(self, percent: int) -> None:
        """The state first: whoever comes after a crash must not believe that nothing was given."""
        self.state.percent = percent
        self.enter("shifting", f"{percent}% of the requests")
        gateway.weigh(self.stack, self.shape, {self.service.name: (self.green.host, percent)})

    def promote(self) -> None:
        """The new image is the service's image: its workers are replaced; the old web container is kept."""
        images.tag(self.state.candidate, images.name(self.service, self.stack, self.variables["TAG"]))
        self.enter("holding", f"workers replaced next; the old version is kept for {self.plan.hold:.0f} s")
        self.replace(green.background(self.service))

    def replace(self, processes: list[Process]) -> None:
        """Their containers with the image that TAG names now, one after another."""
        for process in processes:
            name = compose_name(self.service, process)
            self.stack.run("up", "--detach", "--no-deps", name, within=180)
            until(f"{name} is healthy", functools.partial(self._is_done, name), within=_REPLACED, pause=0.5)

    def finish(self) -> None:
        """The containers that compose knows take over from the temporary ones, with the same image."""
        self.enter("finishing", "the old version ends")
        self.replace(green.front(self.service))
        gateway.weigh(self.stack, self.shape, {})
        self.leave_green()
        images.tag(self.state.candidate, images.name(self.service, self.stack, images.STABLE))
        self.state.percent = 100
        self.enter("promoted", f"tagged {images.STABLE}")

    def restore(self, reason: str) -> None:
        """What ran before takes everything again, at once where it still runs; then the rest is put back."""
        self.state.reason = reason
        there = self.running_image() == self.state.previous
        if there:
            gateway.weigh(self.stack, self.shape, {})
            self.state.percent = 0
        self.enter(self.state.phase, f"going back: {reason}")
        current = images.name(self.service, self.stack, self.variables["TAG"])
        replaced = images.image_id(current) != self.state.previous
        if replaced:
            images.tag(self.state.previous, current)
        if not there:
            # Its container is gone: the new version serves until it is back.
            gateway.weigh(self.stack, self.shape, {self.service.name: (self.green.host, 100)})
            self.replace(green.front(self.service))
            gateway.weigh(self.stack, self.shape, {})
            self.state.percent = 0
        if replaced:
            self.replace(green.background(self.service))
        self.leave_green()
        self.enter("restored", "what ran before serves everything")

    def running_image(self) -> str:
        """The id of the image that the service's own web container runs; "" when it does not run."""
        container = self.stack.run("ps", "--quiet", self.service.name).strip()
        return str(green.inspect(container).get("Image", "")) if container else ""

    def leave_green(self) -> None:
        """Requests that an old process of nginx still holds may be on their way to it: nginx ends them in time."""
        left = self.stack.command("exec", "--no-TTY", "gateway", "sh", "-c", _LEFT)
        with contextlib.suppress(Failure):
            until("requests under way have ended", lambda: _succeeds(left), within=_DRAINED, pause=0.5)
        self.green.stop()

    def watch(self, observed: Observed, seconds: float) -> None:
        """Looks at it every second. Alone, it is held against what the old version was before."""
        begun = time.monotonic()
        misses = 0
        url = self.green.url()
        while True:
            now = time.monotonic()
            new, old = (
                observed.of([host], since=max(begun, now - WINDOW)) for host in (self.green.host, self.service.name)
            )
            if self.state.percent < 100 and old.requests:
                self.baseline = old
            if trouble := self.green.problem() or verdict(self.baseline, new):
                raise Failure(trouble)
            misses = 0 if _answers(url) else misses + 1
            if misses >= PROBES_IN_A_ROW:
                raise Failure(f"/readyz of the new version failed {misses} times in a row")
            if now - begun >= seconds:
                break
            time.sleep(_TICK)
        say(f"             new: {new}; old: {self.baseline}")

    def _is_done(self, name: str) -> bool:
        return all(container.done for container in self.stack.containers() if container.name == name)


def begin(stack: Stack, shape: Topology, service: Service, plan: Plan, *, tag: str, path: Path) -> Rollout | None:
    """A replacement of what runs by the image of this tag; None when that runs already."""
    candidate = images.image_id(images.name(service, stack, tag))
    begun = State(service=service.name, previous="", candidate=candidate, begun_at=state.now())
    rollout = Rollout(stack, shape, service, plan, path, begun)
    begun.previous = rollout.running_image()
    if not begun.previous:
        raise Failure(f"{service.name} is not running; start the suite first: bash Scripts/docker.sh")
    if begun.previous == candidate:
        return None
    images.tag(candidate, images.name(service, stack, images.CANDIDATE))
    images.tag(begun.previous, images.name(service, stack, images.PREVIOUS))
    return rollout


def _answers(url: str) -> bool:
    """One that hangs is no answer: what the gateway sees meanwhile has to be looked at every second or two."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=PROBE_SECONDS) as answer:  # noqa: S310 - our own port
            return bool(answer.status == 200)
    except OSError:
        return False


def _succeeds(command: list[str]) -> bool:
    try:
        output(command)
    except Failure:
        return False
    return True


def _and_more(count: int) -> str:
    return f" (and {count} more)" if count > 0 else ""
