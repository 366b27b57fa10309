"""The people and tickets that the tests tell their stories with; everything arrives by events, as in life.

Carla and Conrad coordinate, Alice and Bob are agents, Paula manages budgets, Erin and Emil are Employees.
"""

from io import StringIO
from typing import Any
from unittest import skipUnless
from uuid import UUID

from django.core.management import call_command
from django.db import connection
from django.test import tag

from eventbus.testing import deliver, published
from jwtauth.testing import SignedInClient, api_client
from servicekit.ids import uuid7
from workflows.models import Task
from workflows.seeds import AGENT, COORDINATOR
from workflows.services.definitions import version_publish
from workflows.services.drafting import StepSpec, WaySpec, WorkflowSpec, version_draft

EMPLOYEE = "hdts:employee"
ADMIN = "tts:admin"


def only_postgres(item: Any) -> Any:
    """Marks what needs two sessions at once."""
    needs = skipUnless(connection.vendor == "postgresql", "two sessions at once need PostgreSQL")
    return tag("postgres")(needs(item))


class Someone:
    """A person of the projection with a signed-in client."""

    def __init__(self, name: str, *roles: str, active: bool = True) -> None:
        self.id = uuid7()
        self.name = name
        self.roles = roles
        self.version = 0
        self.tell(active=active)

    def tell(self, *, roles: tuple[str, ...] | None = None, active: bool = True) -> None:
        """auth says how this person is now."""
        self.roles = self.roles if roles is None else roles
        self.version += 1
        deliver(
            "user.changed.v1",
            data={"id": self.id, "username": self.name.lower(), "name": self.name, "is_active": active}
            | {"roles": list(self.roles), "email": f"{self.name.lower()}@example.com"},
            version=self.version,
        )

    @property
    def client(self) -> SignedInClient:
        return api_client(user_id=self.id, name=self.name, roles=self.roles)

    def act(self, task: Task, action: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        """POST to a task's sub-resource."""
        return self.client.post(f"/api/v1/tasks/{task.id}/{action}/", body or {}, headers=headers)

    def do_step(self, task: Task, transition: str, notes: str = "") -> Any:
        """Start the step and complete it; both must succeed."""
        started = self.act(task, "start")
        assert started.status_code == 200, started.content
        return self.act(task, "completion", {"transition": transition, "notes": notes})


class Staff:
    """One coordinator and one agent: enough to walk the seeded workflows."""

    def __init__(self) -> None:
        self.carla = Someone("Carla", COORDINATOR)
        self.alice = Someone("Alice", AGENT)
        self.erin = Someone("Erin", EMPLOYEE)


def seed() -> None:
    call_command("seed_workflows", stdout=StringIO())


def ticket_state(ticket_id: UUID, **data: Any) -> dict[str, Any]:
    """A ticket's state for `deliver`; its number follows from its id."""
    return {"id": ticket_id, "number": f"TTS-2026-{ticket_id.int % 1_000_000:06d}"} | data


def file_ticket(ticket_id: UUID | None = None, **data: Any) -> Task:
    """A ticket is created; returns the task that it got."""
    ticket_id = ticket_id or uuid7()
    deliver("ticket.created.v1", data=ticket_state(ticket_id, **data))
    return Task.objects.get(ticket_id=ticket_id)


def change_ticket(task: Task, status: str, version: int = 5, **data: Any) -> None:
    state = ticket_state(task.ticket_id, status=status, **data)
    deliver("ticket.status_changed.v1", data=state, version=version)


def types_published() -> list[str]:
    return [event["type"] for event in published()]


def one_step(key: str, **serves: Any) -> WorkflowSpec:
    """A workflow of one agents' step."""
    step = StepSpec(key="do", name="Do", role=AGENT, ways=(WaySpec("done", "Done", None),))
    sla = {"Critical": 60, "High": 120, "Medium": 240, "Low": 480}
    return WorkflowSpec(key=key, name=key, sla_minutes=sla, steps=(step,), **serves)


def publish(spec: WorkflowSpec) -> None:
    version_publish(version=version_draft(spec=spec))
