"""What bench/http_cost.py asks of each service, and how much it may cost."""

import json
import random
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from load import Maker, Request

CONNECTIONS = 4  # as many as a worker has threads


class Stage(Protocol):
    """The running suite, as far as a scenario needs it."""

    password: str

    def token(self, username: str) -> str: ...

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]: ...

    def sign_in(self, username: str) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Scenario:
    """`make` prepares one round; the targets are a multiple of the bare view's CPU, and milliseconds of CPU."""

    name: str
    make: Callable[[Stage], Maker]
    most: float | None = None
    most_ms: float | None = None
    share: float = 1.0  # of the requests of a round: what is dear is asked for less often
    connections: int = CONNECTIONS
    process: str = "web"


def bearer(stage: Stage, username: str, **more: str) -> dict[str, str]:
    """The headers of a signed-in caller."""
    return {"Authorization": f"Bearer {stage.token(username)}", **more}


def login(username: str) -> Callable[[Stage], Maker]:
    def make(stage: Stage) -> Maker:
        body = json.dumps({"username": username, "password": stage.password}).encode()
        return lambda *_: Request("POST", "/api/v1/token/", body)

    return make


def refresh(stage: Stage) -> Maker:
    """Each connection exchanges what it got last: a chain, as in life, which begins with a sign-in."""
    held = {number: stage.sign_in("employee")["refresh"] for number in range(CONNECTIONS)}

    def make(number: int, sent: int, last: bytes) -> Request:
        if sent:
            held[number] = json.loads(last)["refresh"]
        return Request("POST", "/api/v1/token/refresh/", json.dumps({"refresh": held[number]}).encode())

    return make


def verify(stage: Stage) -> Maker:
    body = json.dumps({"token": stage.token("employee")}).encode()
    return lambda *_: Request("POST", "/api/v1/token/verify/", body)


def jwks(stage: Stage) -> Maker:
    return lambda *_: Request("GET", "/.well-known/jwks.json")


def create_ticket(stage: Stage) -> Maker:
    body = {"subject": "No sound", "description": "Since the update, none at all.", "category": "it-support"}
    encoded = json.dumps(body).encode()
    headers = bearer(stage, "employee")
    return lambda *_: Request(
        "POST", "/api/v1/tickets/", encoded, {**headers, "Idempotency-Key": secrets.token_hex(16)}
    )


def get_ticket(stage: Stage) -> Maker:
    ids = [row[0] for row in stage.query("SELECT id FROM tickets_ticket TABLESAMPLE SYSTEM (2) LIMIT 2000")]
    headers = bearer(stage, "coordinator")
    return lambda *_: Request("GET", f"/api/v1/tickets/{random.choice(ids)}/", headers=headers)


def list_tickets(username: str, **filters: str) -> Callable[[Stage], Maker]:
    def make(stage: Stage) -> Maker:
        headers, query = bearer(stage, username), urlencode({"limit": "25", **filters})
        return lambda *_: Request("GET", f"/api/v1/tickets/?{query}", headers=headers)

    return make


def transition_ticket(stage: Stage) -> Maker:
    """Rejections, each of another ticket."""
    states = "('New', 'Open', 'In Progress', 'On Hold')"
    rows = stage.query(f"SELECT id FROM tickets_ticket WHERE status IN {states} LIMIT 5000")  # noqa: S608
    ids = [row[0] for row in rows]
    headers, body = bearer(stage, "coordinator"), json.dumps({"reason": "Not ours."}).encode()

    def make(*_: object) -> Request:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return Request("POST", f"/api/v1/tickets/{ids.pop()}/rejection/", body, headers | key)

    return make


def get_task(stage: Stage) -> Maker:
    ids = [row[0] for row in stage.query("SELECT id FROM workflows_task TABLESAMPLE SYSTEM (2) LIMIT 2000")]
    headers = bearer(stage, "coordinator")
    return lambda *_: Request("GET", f"/api/v1/tasks/{random.choice(ids)}/", headers=headers)


def list_tasks(stage: Stage) -> Maker:
    headers = bearer(stage, "coordinator")
    return lambda *_: Request("GET", "/api/v1/tasks/?scope=all&limit=25", headers=headers)


def transition_task(stage: Stage) -> Maker:
    """Cancellations, each of another task."""
    rows = stage.query("SELECT id FROM workflows_task WHERE status IN ('assigned', 'in_progress') LIMIT 5000")
    ids = [row[0] for row in rows]
    headers, body = bearer(stage, "coordinator"), json.dumps({"reason": "Not needed any more."}).encode()

    def make(*_: object) -> Request:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        return Request("POST", f"/api/v1/tasks/{ids.pop()}/cancellation/", body, headers | key)

    return make


SCENARIOS: dict[str, tuple[Scenario, ...]] = {
    "auth": (
        Scenario("login", login("employee"), share=0.1, connections=2),  # auth hashes two passwords at once
        # Not of the same account: each process would store its own hash of the password anew.
        Scenario("login beyond its hash", login("agent"), process="cheap hash", most_ms=6.0),
        Scenario("refresh", refresh, share=0.5),
        Scenario("verify", verify),
        Scenario("JWKS", jwks),
    ),
    "ticket_service": (
        Scenario("create", create_ticket, most=36, share=0.5),
        Scenario("get", get_ticket, most=14),
        Scenario("list 25, status and priority", list_tickets("coordinator", status="Open", priority="High"), most=43),
        Scenario("list 25, an employee's", list_tickets("employee"), most=43),
        Scenario("search, rare word", list_tickets("coordinator", q="kaleidoscope"), most=90, share=0.5),
        Scenario("search, common word", list_tickets("coordinator", q="printer"), most=90, share=0.5),
        Scenario("transition (rejection)", transition_ticket, share=0.2),
    ),
    "workflow_api": (
        Scenario("list 25", list_tasks, share=0.5),
        Scenario("get", get_task),
        Scenario("transition (cancellation)", transition_task, share=0.2),
    ),
}
