"""The cast of the stories that these tests tell.

Alice and Bob are employees, and strangers to each other's tickets; Gina is an agent, Max another agent, Cora a
coordinator, Adam an administrator. Alice files, Gina works.
"""

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from eventbus import testing as bus
from eventbus.inbox import Outcome
from jwtauth.testing import SignedInClient, api_client
from servicekit.ids import uuid7
from tickets.models import Ticket
from tickets.services.seeding import categories_seed

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)

TICKETS = "/api/v1/tickets/"
AGENT = "tts:agent"
EMPLOYEE = "hdts:employee"


def png(name: str = "screen.png") -> SimpleUploadedFile:
    """A small picture to attach."""
    return SimpleUploadedFile(name, PNG, content_type="image/png")


class Cast:
    """The people, each signed in, and what they commonly do. For TestCase and TransactionTestCase."""

    alice: SignedInClient
    bob: SignedInClient
    gina: SignedInClient
    max: SignedInClient
    cora: SignedInClient
    adam: SignedInClient

    def setUp(self) -> None:
        super().setUp()  # type: ignore[misc]
        categories_seed()
        self.alice = api_client(roles=[EMPLOYEE], name="Alice")
        self.bob = api_client(roles=[EMPLOYEE], name="Bob")
        self.gina = api_client(roles=[AGENT], name="Gina")
        self.max = api_client(roles=[AGENT], name="Max")
        self.cora = api_client(roles=["tts:ticket-coordinator"], name="Cora")
        self.adam = api_client(roles=["tts:admin"], name="Adam")

    def file(self, client: SignedInClient | None = None, **fields: Any) -> Ticket:
        """A ticket, Alice's unless said otherwise, filed through the API."""
        body = {
            "subject": "Laptop does not start",
            "description": "Black screen.",
            "category": "it-support",
            "sub_category": "hardware",
            **fields,
        }
        response = (client or self.alice).post(TICKETS, body)
        assert response.status_code == 201, response.content
        return Ticket.objects.get(pk=response.json()["id"])

    def url(self, ticket: Ticket, *parts: object) -> str:
        """The ticket's address, or that of something below it."""
        return TICKETS + "".join(f"{part}/" for part in (ticket.pk, *parts))


class Task:
    """A task of workflow-api about a ticket, as its events tell of it."""

    def __init__(self, ticket: Ticket, *, role: str = AGENT, task_id: UUID | None = None) -> None:
        self.version = 0
        self.state: dict[str, Any] = {
            "id": str(task_id or uuid7()),
            "ticket_id": str(ticket.pk),
            "ticket_number": ticket.number,
            "status": "queued",
            "step": {"key": "resolve", "name": "Resolve", "role": role},
            "step_roles": [role],
            "assignee_id": None,
            "assignee_ids": [],
            "started_at": None,
            "completed_at": None,
            "resolution": "",
        }

    def tell(self, event: str, *, version: int | None = None, **envelope: Any) -> Outcome:
        """Delivers `task.<event>.v1` with the present state and the next version, or a given one."""
        self.version = version if version is not None else self.version + 1
        return bus.deliver(f"task.{event}.v1", data=self.state, version=self.version, **envelope)

    def assigned(self, who: SignedInClient, **how: Any) -> Outcome:
        """The turn is `who`'s."""
        self.state |= {"status": "assigned", "assignee_id": str(who.user_id)}
        self.state["assignee_ids"] = sorted({*self.state["assignee_ids"], str(who.user_id)})
        return self.tell("assigned", **how)

    def started(self, **how: Any) -> Outcome:
        """The assignee has begun."""
        self.state |= {"status": "in_progress", "started_at": "2026-11-21T09:00:00.000000Z"}
        return self.tell("started", **how)

    def held(self, **how: Any) -> Outcome:
        """The assignee waits."""
        self.state |= {"status": "on_hold"}
        return self.tell("held", **how)

    def resumed(self, **how: Any) -> Outcome:
        """The assignee goes on."""
        self.state |= {"status": "in_progress"}
        return self.tell("resumed", **how)

    def step_completed(self, next_role: str, **how: Any) -> Outcome:
        """The next step waits for somebody with `next_role`."""
        self.state |= {"status": "queued", "assignee_id": None}
        self.state["step"] = {"key": "confirm", "name": "Confirm", "role": next_role}
        self.state["step_roles"] = sorted({*self.state["step_roles"], next_role})
        return self.tell("step_completed", **how)

    def in_approval(self, *who: SignedInClient, **how: Any) -> Outcome:
        """Several people are asked at once, so nobody is the assignee."""
        self.state |= {"status": "in_approval", "assignee_id": None}
        self.state["assignee_ids"] = sorted({*self.state["assignee_ids"], *(str(one.user_id) for one in who)})
        return self.tell("assigned", **how)

    def completed(self, resolution: str = "Battery replaced.", **how: Any) -> Outcome:
        """The last step is done."""
        self.state |= {"status": "completed", "step": None, "assignee_id": None, "resolution": resolution}
        self.state["completed_at"] = "2026-11-21T10:00:00.000000Z"
        return self.tell("completed", **how)

    def cancelled(self, reason: str = "ticket_withdrawn", **how: Any) -> Outcome:
        """There is nothing left to do."""
        self.state |= {"status": "cancelled", "step": None, "assignee_id": None}
        return self.tell("cancelled", **how)


class TicketTestCase(Cast, TestCase):
    """A test in one transaction with the cast on stage."""

    def reload(self, ticket: Ticket) -> Ticket:
        """The ticket as it is stored now."""
        return Ticket.objects.get(pk=ticket.pk)
