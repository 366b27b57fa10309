"""What this service does with the events of others. Each consumer declares only the fields that it needs."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from eventbus import Event, Retry, consumes
from jwtauth import people
from jwtauth.people import RevocationChange, UserState
from workflows.models import TicketProjection
from workflows.services.intake import TicketSnapshot, message_record, ticket_apply


class Access(msgspec.Struct):
    user_ids: list[str]
    roles: list[str]


class TicketState(msgspec.Struct):
    id: UUID
    number: str
    subject: str
    category: str
    sub_category: str
    department: str
    priority: str
    status: str
    requester_id: UUID
    access: Access
    created_at: datetime
    custom_fields: dict[str, Any] = {}  # msgspec copies it


class TicketChange(msgspec.Struct):
    previous_status: str = ""


class CommentState(msgspec.Struct):
    id: UUID
    ticket_id: UUID
    author_id: UUID
    author_is_staff: bool
    created_at: datetime


@consumes(
    "ticket.created.v1",
    "ticket.updated.v1",
    "ticket.status_changed.v1",
    "ticket.access_changed.v1",
    data=TicketState,
    change=TicketChange,
)
def on_ticket(event: Event[TicketState, TicketChange]) -> None:
    """Any of them carries the whole state, so whichever comes first, also from a resync, opens the task.

    That a ticket was reopened only its own event says: a state with an open status may be older than our completion.
    """
    state = event.data
    reopened = event.change.previous_status in TicketProjection.OVER and not event.resync
    snapshot = TicketSnapshot(
        id=state.id,
        number=state.number,
        subject=state.subject,
        category=state.category,
        sub_category=state.sub_category,
        department=state.department,
        priority=state.priority,
        status=state.status,
        requester_id=state.requester_id,
        custom_fields=state.custom_fields,
        access_user_ids=state.access.user_ids,
        access_roles=state.access.roles,
        filed_at=state.created_at,
    )
    ticket_apply(snapshot=snapshot, version=event.version, reopened_at=event.occurred_at if reopened else None)


@consumes("comment.created.v1", data=CommentState)
def on_comment(event: Event[CommentState, None]) -> None:
    """An answer of staff, or a question; notes are events of another type, so all of these are public."""
    ticket = TicketProjection.objects.filter(pk=event.data.ticket_id).first()
    if ticket is None:
        raise Retry("the comment's ticket has not arrived yet")
    comment = event.data
    by_staff = comment.author_is_staff and comment.author_id != ticket.requester_id
    message_record(ticket=ticket, comment_id=comment.id, by_staff=by_staff, at=comment.created_at)


@consumes("user.changed.v1", data=UserState)
def on_user_changed(event: Event[UserState, None]) -> None:
    """People who gain a role get waiting tasks from the next tick (tasks.py)."""
    people.apply_user(data=event.data, version=event.version)


@consumes("user.revoked.v1", data=UserState, change=RevocationChange)
def on_user_revoked(event: Event[UserState, RevocationChange]) -> None:
    people.apply_revocation(data=event.data, change=event.change, version=event.version)
