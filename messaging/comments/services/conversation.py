"""The conversation's projection of its ticket."""

from uuid import UUID

import msgspec

from comments.models import Conversation
from servicekit.live import nudge


class TicketAccess(msgspec.Struct):
    """Who may see a ticket, as ticket-service computed it."""

    user_ids: list[UUID]
    roles: list[str]


class TicketState(msgspec.Struct):
    """The slice of a ticket's state that messaging needs."""

    id: UUID
    number: str
    requester_id: UUID
    status: str
    access: TicketAccess


def conversation_apply(*, ticket: TicketState, version: int) -> None:
    """Open the ticket's conversation or bring it to this state; a version below the one held is ignored."""
    fields = {
        "number": ticket.number,
        "requester_id": ticket.requester_id,
        "access_user_ids": [str(user_id) for user_id in ticket.access.user_ids],
        "access_roles": ticket.access.roles,
        "status": ticket.status,
        "version": version,
    }
    _, created = Conversation.objects.get_or_create(ticket_id=ticket.id, defaults=fields)
    if not created:
        # One statement compares and writes: of two deliveries at once the higher version stays.
        Conversation.objects.filter(ticket_id=ticket.id, version__lte=version).update(**fields)
    nudge(f"ticket:{ticket.id}")  # those who are reading it may have lost it
