"""The people and the ticket of these stories, as the events of ticket-service tell of them.

Erin filed the ticket and Wanda watches it. Cora coordinates, Alan's role owns a step, Bob and Grace are outside it: Bob
an Employee, Grace an Agent.
"""

from typing import Any
from uuid import UUID

from comments.models import Conversation
from eventbus.inbox import Outcome
from eventbus.testing import deliver
from jwtauth.testing import SignedInClient, api_client
from servicekit.ids import uuid7

ERIN = UUID("01938c5e-0000-7000-8000-000000000001")
CORA = UUID("01938c5e-0000-7000-8000-000000000002")
ALAN = UUID("01938c5e-0000-7000-8000-000000000003")
BOB = UUID("01938c5e-0000-7000-8000-000000000004")
GRACE = UUID("01938c5e-0000-7000-8000-000000000005")
WANDA = UUID("01938c5e-0000-7000-8000-000000000006")
TICKET = UUID("01938c5e-0000-7000-8000-000000000010")
NUMBER = "TTS-2026-000001"
COMMENTS = f"/api/v1/tickets/{TICKET}/comments/"

PEOPLE: dict[UUID, tuple[str, list[str]]] = {
    ERIN: ("Erin Employee", ["hdts:employee"]),
    CORA: ("Cora Coordinator", ["tts:ticket-coordinator"]),
    ALAN: ("Alan Agent", ["tts:agent"]),
    BOB: ("Bob Employee", ["hdts:employee"]),
    GRACE: ("Grace Agent", ["tts:asset-manager"]),
    WANDA: ("Wanda Watcher", ["hdts:employee"]),
}


def know_ticket(*, version: int = 1, event: str = "ticket.created.v1", **state: Any) -> Outcome:
    """Let messaging hear of the ticket."""
    access = {"user_ids": [ERIN, WANDA], "roles": ["tts:admin", "tts:agent", "tts:ticket-coordinator"]}
    data = {"id": TICKET, "number": NUMBER, "requester_id": ERIN, "access": access}
    return deliver(event, data={**data, **state}, version=version)


def conversation() -> Conversation:
    """What messaging holds of the ticket."""
    return Conversation.objects.get(pk=TICKET)


def sign_in(user_id: UUID, **claims: Any) -> SignedInClient:
    """Sign in as one of the cast."""
    name, roles = PEOPLE[user_id]
    return api_client(user_id=user_id, **{"name": name, "roles": roles, **claims})


def write(author: SignedInClient, body: str = "Any news?", visibility: str = "public", **fields: Any) -> Any:
    """Post a comment and answer the response."""
    content = {"client_id": str(uuid7()), "body": body, "visibility": visibility, **fields}
    form = "multipart" if "attachments" in fields else "json"
    return author.post(COMMENTS, content, format=form)


def read(reader: SignedInClient, query: str = "") -> Any:
    """Read the conversation and answer the parsed page."""
    return reader.get(f"{COMMENTS}{query}").json()
