"""Railway's GraphQL API and the suite behind its gateway, for the tests of deploy_railway.py: faults on demand."""

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from suite import topology

from .fake_http import Answer, Request

SERVICES = [s.name if p.name == "web" else f"{s.name}-{p.name}" for s in topology.load().services for p in s.processes]
SERVICES += ["console", "gateway"]
FIELD = re.compile(r"[({]\s*(deployments|deploymentLogs|deployment\w*|project|serviceInstance\w+)\s*\(")


class FakeClock:
    """Its time passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class FakeRailway:
    """`store`: deployments by service id (which is the service's name), the newest last.

    `steps` are the statuses that a new deployment passes through; `broken` says of which service the new deployment
    fails; `unhealthy` services answer 503 from some time on; `errors` are log lines per new deployment and question.
    """

    clock: FakeClock
    version: str = "0.1.0"
    steps: tuple[str, ...] = ("QUEUED", "BUILDING", "DEPLOYING", "SUCCESS")
    broken: dict[str, str] = field(default_factory=dict)
    unhealthy: set[str] = field(default_factory=set)
    errors: dict[str, int] = field(default_factory=dict)
    unhealthy_from: float = 0.0
    refuses_rollback: bool = False
    rolls_back: bool = True
    down_between: tuple[float, float] | None = None
    store: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        for name in SERVICES:
            self.store[name] = []
            self.add(name, "old" * 13 + "a", ["SUCCESS"])

    def add(self, name: str, commit: str, ahead: list[str]) -> str:
        number = next(self._ids)
        entry = {"id": f"d{number}-{name}", "commit": commit, "ahead": ahead, "number": number}
        self.store[name].append(entry)
        return str(entry["id"])

    def answer(self, request: Request) -> Answer:
        if request.method == "GET":
            return self.suite(request.path)
        if request.headers.get("Project-Access-Token") != "project-token":
            return 401, {"errors": [{"message": "Not Authorized"}]}
        if self.down_between and self.down_between[0] <= self.clock.time < self.down_between[1]:
            return 0, None
        found = FIELD.search(request.body["query"])
        assert found, request.body["query"]
        self.calls.append(found.group(1))
        try:
            return 200, {"data": {found.group(1): getattr(self, found.group(1))(request.body["variables"])}}
        except LookupError as error:
            return 200, {"errors": [{"message": str(error.args[0])}], "data": None}

    def suite(self, path: str) -> Answer:
        service = next(s for s in topology.load().services if path == f"{s.prefix}health/")
        live = self.live(service.name)
        if (
            service.name in self.unhealthy
            and self.clock.time >= self.unhealthy_from
            and not live["commit"].startswith("old")
        ):
            return 503, {"status": "unhealthy"}
        return 200, {"status": "healthy", "version": self.version}

    def live(self, name: str) -> dict[str, Any]:
        return next(entry for entry in reversed(self.store[name]) if entry["ahead"] == ["SUCCESS"])

    def project(self, variables: dict[str, Any]) -> Any:
        def edges(names: list[str]) -> Any:
            return {"edges": [{"node": {"id": name, "name": name}} for name in names]}

        return {"services": edges(SERVICES), "environments": edges(["staging", "production"])}

    def node(self, entry: dict[str, Any], *, ask: bool = False) -> dict[str, Any]:
        status = entry["ahead"][0]
        if ask and len(entry["ahead"]) > 1:
            entry["ahead"].pop(0)
        return {
            "id": entry["id"],
            "status": status,
            "createdAt": f"2026-11-22T00:00:{entry['number']:04}Z",
            "canRollback": status == "SUCCESS",
            "meta": {"commitHash": entry["commit"]},
        }

    def serviceInstanceDeployV2(self, variables: dict[str, Any]) -> str:  # noqa: N802 - the field's name
        name = variables["serviceId"]
        ahead = [*self.steps[:-1], self.broken.get(name, self.steps[-1])]
        return self.add(name, variables["commitSha"], ahead)

    def deployments(self, variables: dict[str, Any]) -> Any:
        asked = variables["input"]
        assert set(asked) == {"projectId", "environmentId", "serviceId"}, asked
        nodes = [self.node(entry) for entry in reversed(self.store[asked["serviceId"]])]
        return {"edges": [{"node": node} for node in nodes[: variables["first"]]]}

    def deployment(self, variables: dict[str, Any]) -> Any:
        return self.node(self.found(variables["id"]), ask=True)

    def deploymentLogs(self, variables: dict[str, Any]) -> Any:  # noqa: N802
        name = variables["id"].partition("-")[2]
        seen = self.calls.count("deploymentLogs") // len(SERVICES)
        return [{"timestamp": "t"}] * (self.errors.get(name, 0) * seen)

    def deploymentRollback(self, variables: dict[str, Any]) -> bool:  # noqa: N802
        old = self.found(variables["id"])
        if self.refuses_rollback:
            raise LookupError("Deployment is not eligible for rollback")
        if not self.rolls_back:
            return False
        self.add(old["id"].partition("-")[2], old["commit"], ["DEPLOYING", "SUCCESS"])
        return True

    def deploymentCancel(self, variables: dict[str, Any]) -> bool:  # noqa: N802
        self.found(variables["id"])["ahead"] = ["REMOVED"]
        return True

    def found(self, id_: str) -> dict[str, Any]:
        return next(e for entries in self.store.values() for e in entries if e["id"] == id_)
