"""A deployment with its way back: record, deploy, wait, verify, watch; and when anything fails, what was before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from suite.console import Failure
from suite.railway import health
from suite.railway.api import ENDED_BADLY, SUCCEEDED, Api, Deployment, Refused, Unreachable
from suite.railway.clock import Clock
from suite.topology import Service


class Outcome(IntEnum):
    """The exit codes of Scripts/deploy_railway.py."""

    DEPLOYED = 0
    NOTHING_CHANGED = 1  # it failed before anything was deployed
    ROLLED_BACK = 3  # it failed, and what ran before runs again
    ROLLBACK_FAILED = 4  # it failed, and what ran before does not: somebody has to look, now
    UNKNOWN = 5  # Railway stopped answering: somebody has to look


class Broken(Failure):
    """The new deployment does not do."""


@dataclass
class Part:
    """One Railway service: a web process or a worker."""

    name: str
    id: str
    before: Deployment | None = None
    now: str = ""
    live: bool = False


@dataclass(frozen=True)
class Plan:
    project: str
    environment: str
    commit: str
    gateway: str
    versions: dict[str, str]
    timeout: float = 1200.0
    interval: float = 5.0
    health_timeout: float = 120.0
    watch: float = 120.0
    max_errors: int = 20
    max_bad_rounds: int = 3


@dataclass
class Deploy:
    api: Api
    plan: Plan
    parts: Sequence[Part]
    services: Sequence[Service]
    clock: Clock
    say: Callable[[str], None]
    reason: str = field(default="", init=False)

    def run(self) -> Outcome:
        try:
            self.record()
        except Failure as failure:
            return self._end(Outcome.NOTHING_CHANGED, f"nothing was deployed: {failure}")
        try:
            self.deploy()
            self.wait([part for part in self.parts if part.now])
            self.verify()
            self.watch()
        except Unreachable as failure:
            started = ", ".join(f"{part.name} {part.now}" for part in self.parts if part.now) or "none"
            return self._end(Outcome.UNKNOWN, f"{failure}; deployments under way: {started}")
        except Failure as failure:
            return self.back(str(failure))
        return self._end(Outcome.DEPLOYED, f"{self.plan.commit[:12]} is deployed and healthy")

    def record(self) -> None:
        """What runs now, to return to."""
        for part in self.parts:
            done = self.api.deployments(self.plan.project, self.plan.environment, part.id)
            part.before = next((one for one in done if one.status == SUCCEEDED), None)
            self.say(f"before   {part.name}: {part.before.id if part.before else 'nothing'}")

    def deploy(self) -> None:
        """Railway may have begun with this commit by itself; that deployment is ours then."""
        for part in self.parts:
            done = self.api.deployments(self.plan.project, self.plan.environment, part.id, first=5)
            begun = [one for one in done if one.commit == self.plan.commit and one.status not in ENDED_BADLY]
            if begun:
                part.now = begun[0].id
                self.say(f"adopt    {part.name}: {part.now}")
            else:
                part.now = self.api.deploy(part.id, self.plan.environment, self.plan.commit)
                self.say(f"deploy   {part.name}: {part.now}")

    def wait(self, parts: Sequence[Part]) -> None:
        begun = self.clock.now()
        waiting = list(parts)
        while waiting:
            for part in list(waiting):
                status = self.api.deployment(part.now).status
                if status in ENDED_BADLY:
                    raise Broken(f"{part.name}: deployment {part.now} is {status}")
                if status == SUCCEEDED:
                    part.live = True
                    waiting.remove(part)
                    self.say(f"success  {part.name} after {self.clock.now() - begun:.0f} s")
            if waiting and self.clock.now() - begun > self.plan.timeout:
                raise Broken(f"{waiting[0].name}: not deployed within {self.plan.timeout:.0f} s")
            if waiting:
                self.clock.sleep(self.plan.interval)

    def verify(self, *, versions: bool = True) -> None:
        """Every service is healthy, and of the version that the tree says, within a time."""
        begun = self.clock.now()
        while True:
            bad = self._bad(versions=versions)
            if not bad:
                self.say(f"healthy  {', '.join(service.name for service in self.services)}")
                return
            if self.clock.now() - begun > self.plan.health_timeout:
                raise Broken("; ".join(bad))
            self.clock.sleep(self.plan.interval)

    def watch(self) -> None:
        """For some minutes no service may stay unhealthy for several rounds, nor log a burst of errors."""
        begun, rounds = self.clock.now(), 0
        before = {part.name: self.api.errors(part.now) for part in self.parts}
        while self.clock.now() - begun < self.plan.watch:
            bad = self._bad(versions=False)
            rounds = rounds + 1 if bad else 0
            if rounds >= self.plan.max_bad_rounds:
                raise Broken(f"unhealthy {rounds} times in a row while watched: {'; '.join(bad)}")
            for part in self.parts:
                count = self.api.errors(part.now) - before[part.name]
                if count > self.plan.max_errors:
                    raise Broken(f"{part.name}: {count} errors logged since it was deployed")
            self.clock.sleep(self.plan.interval)
        self.say(f"watched  for {self.plan.watch:.0f} s")

    def back(self, reason: str) -> Outcome:
        """Stops what is under way, and brings back what was before wherever the new one is live."""
        self.say(f"failed   {reason}")
        try:
            returned = [self._return(part) for part in self.parts if part.now]
            self.wait([part for part in returned if part])
            self.verify(versions=False)
        except Failure as failure:
            return self._end(Outcome.ROLLBACK_FAILED, f"{reason}; and the rollback failed: {failure}")
        return self._end(Outcome.ROLLED_BACK, f"{reason}; rolled back")

    def _return(self, part: Part) -> Part | None:
        status = self.api.deployment(part.now).status
        if not part.live and status != SUCCEEDED:  # it never took over: what was before still runs
            if status not in ENDED_BADLY:
                self.say(f"cancel   {part.name}: {part.now}")
                self.api.cancel(part.now)
            return None
        if part.before is None:
            raise Refused(f"{part.name} has no earlier deployment")
        if part.before.id == part.now:
            return None
        self.say(f"rollback {part.name}: {part.before.id}")
        self.api.rollback(part.before.id)
        newest = self.api.deployments(self.plan.project, self.plan.environment, part.id, first=1)[0]
        return Part(part.name, part.id, now=newest.id)

    def _bad(self, *, versions: bool) -> list[str]:
        known = self.plan.versions if versions else {}
        asked = [health.ask(self.plan.gateway, s, version=known.get(s.name, "")) for s in self.services]
        return [one.problem for one in asked if one.problem]

    def _end(self, outcome: Outcome, reason: str) -> Outcome:
        self.reason = reason
        self.say(f"{'done    ' if outcome is Outcome.DEPLOYED else 'error:'} {reason}")
        return outcome
