"""The projection of tickets."""

from uuid import UUID

import msgspec

from eventbus import Retry
from notifications.models import TicketProjection
from notifications.services.template import one_line


class TicketAccess(msgspec.Struct):
    """Who may see a ticket, as ticket-service computed it."""

    user_ids: list[UUID]
    roles: list[str]


class TicketState(msgspec.Struct):
    """The slice of a ticket's state that notices need."""

    id: UUID
    number: str
    subject: str
    status: str
    resolution: str
    requester_id: UUID
    assignee_id: UUID | None
    access: TicketAccess


def ticket_apply(*, ticket: TicketState, version: int) -> TicketProjection:
    """Bring the projection to this state unless it holds a newer one; answer what it holds."""
    fields = {
        "number": ticket.number,
        "subject": one_line(ticket.subject),
        "requester_id": ticket.requester_id,
        "assignee_id": ticket.assignee_id,
        "access_user_ids": [str(user_id) for user_id in ticket.access.user_ids],
        "access_roles": ticket.access.roles,
        "version": version,
    }
    held, created = TicketProjection.objects.get_or_create(ticket_id=ticket.id, defaults=fields)
    if created:
        return held
    # One statement compares and writes: of two deliveries at once the higher version stays.
    TicketProjection.objects.filter(ticket_id=ticket.id, version__lte=version).update(**fields)
    held.refresh_from_db()
    return held


def ticket_get(*, ticket_id: UUID) -> TicketProjection:
    """Return what is held of the ticket; raises eventbus.Retry while nothing is."""
    held = TicketProjection.objects.filter(pk=ticket_id).first()
    if held is None:
        raise Retry(f"ticket {ticket_id} is not known here yet")
    return held
