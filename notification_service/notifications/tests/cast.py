"""The people and the ticket of these stories, as the events of auth and ticket-service tell of them.

Erin filed the ticket. Cora coordinates, Alan works as an Agent, Bob is another Employee.
"""

from typing import Any
from uuid import UUID

from eventbus.inbox import Outcome
from eventbus.testing import deliver
from jwtauth.testing import SignedInClient, api_client
from notifications.channels.webhook import new_secret
from notifications.models import Delivery, Endpoint, Notice
from servicekit.ids import uuid7

ERIN = UUID("01938c5e-0000-7000-8000-000000000001")
CORA = UUID("01938c5e-0000-7000-8000-000000000002")
ALAN = UUID("01938c5e-0000-7000-8000-000000000003")
BOB = UUID("01938c5e-0000-7000-8000-000000000004")
TICKET = UUID("01938c5e-0000-7000-8000-000000000010")
NUMBER = "TTS-2026-000001"

PEOPLE: dict[UUID, tuple[str, list[str]]] = {
    ERIN: ("Erin Employee", ["hdts:employee"]),
    CORA: ("Cora Coordinator", ["tts:ticket-coordinator"]),
    ALAN: ("Alan Agent", ["tts:agent"]),
    BOB: ("Bob Employee", ["hdts:employee"]),
}


def meet(*user_ids: UUID, version: int = 1, **state: Any) -> None:
    """Let this service hear of the people."""
    for user_id in user_ids:
        name, roles = PEOPLE[user_id]
        username = name.split()[0].lower()
        data = {"id": user_id, "name": name, "username": username, "email": f"{username}@example.com", "roles": roles}
        deliver("user.changed.v1", data={**data, **state}, version=version)


def know_ticket(*, version: int = 1, assignee: UUID | None = None, **state: Any) -> Outcome:
    """Let this service hear of the ticket, without telling anybody."""
    named = [ERIN] if assignee is None else [ERIN, assignee]
    access = {"user_ids": named, "roles": ["tts:admin", "tts:ticket-coordinator"]}
    data = {"id": TICKET, "number": NUMBER, "requester_id": ERIN, "assignee_id": assignee, "access": access}
    return deliver("ticket.access_changed.v1", data={**data, **state}, version=version)


def sign_in(user_id: UUID) -> SignedInClient:
    """Sign in as one of the cast."""
    name, roles = PEOPLE[user_id]
    return api_client(user_id=user_id, name=name, roles=roles)


def kinds(user_id: UUID) -> list[str]:
    """The kinds of all notices that the person has, oldest first."""
    return list(Notice.objects.filter(user_id=user_id).order_by("pk").values_list("kind", flat=True))


def delivery(**fields: Any) -> Delivery:
    """Write down an e-mail to Erin, without a job."""
    values = {"kind": "ticket_received", "ticket_id": TICKET, "ticket_number": NUMBER, "to_address": "erin@example.com"}
    return Delivery.objects.create(
        **{"event_id": uuid7(), "user_id": ERIN, "message_id": f"<{uuid7()}@example.com>", **values, **fields}
    )


def endpoint(**fields: Any) -> Endpoint:
    """Make a webhook that wants to hear of new tickets."""
    values = {"channel": "webhook", "name": "Hook", "url": "https://hook.example.com/in", "kinds": ["ticket_received"]}
    return Endpoint.objects.create(secret=new_secret(), **{**values, **fields})
