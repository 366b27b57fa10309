"""What notification-service takes from others' events, and only that much of each.

A handler that needs a ticket or a person not heard of yet raises eventbus.Retry (in the services) and comes again.
A resync repeats state: it reaches the projections and tells nobody.
"""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from eventbus import Event, consumes
from jwtauth import people
from notifications.rules import Happening
from notifications.services.delivery import delivery_bounced
from notifications.services.notify import notify
from notifications.services.ticket import TicketState, ticket_apply, ticket_get
from servicekit.live import nudge


@consumes("user.changed.v1", data=people.UserState)
def on_user(event: Event[people.UserState, None]) -> None:
    """Keep the people at the newest state heard of."""
    people.apply_user(data=event.data, version=event.version)


@consumes("user.revoked.v1", data=people.UserState, change=people.RevocationChange)
def on_user_revoked(event: Event[people.UserState, people.RevocationChange]) -> None:
    """Refuse the user's older tokens."""
    people.apply_revocation(data=event.data, change=event.change, version=event.version)
    nudge(f"user:{event.data.id}")


@consumes("ticket.updated.v1", "ticket.access_changed.v1", data=TicketState)
def on_ticket(event: Event[TicketState, None]) -> None:
    """Keep the ticket at the newest state heard of."""
    ticket_apply(ticket=event.data, version=event.version)


@consumes("ticket.created.v1", data=TicketState)
def on_ticket_created(event: Event[TicketState, None]) -> None:
    """Tell the requester that the ticket arrived."""
    ticket = ticket_apply(ticket=event.data, version=event.version)
    if not event.resync:
        notify(Happening(event.event_id, event.type, ticket, words={}))


class StatusChange(msgspec.Struct):
    """What changed in `ticket.status_changed`."""

    previous_status: str


@consumes("ticket.status_changed.v1", data=TicketState, change=StatusChange)
def on_ticket_status_changed(event: Event[TicketState, StatusChange]) -> None:
    """Tell the requester how far the ticket is."""
    ticket = ticket_apply(ticket=event.data, version=event.version)
    if event.resync:
        return
    words = {
        "status": event.data.status,
        "previous_status": event.change.previous_status,
        "resolution": event.data.resolution,
    }
    notify(Happening(event.event_id, event.type, ticket, words))


class Step(msgspec.Struct):
    """A step of a workflow."""

    name: str


class Assignment(msgspec.Struct):
    """What changed in `task.assigned`: whose turn it is."""

    assignee_id: UUID
    step: Step


class TaskState(msgspec.Struct):
    """The slice of a task's state that notices need."""

    ticket_id: UUID


@consumes("task.assigned.v1", data=TaskState, change=Assignment)
def on_task_assigned(event: Event[TaskState, Assignment]) -> None:
    """Tell the new assignee."""
    if event.resync:
        return
    notify(
        Happening(
            event.event_id,
            event.type,
            ticket_get(ticket_id=event.data.ticket_id),
            words={"step": event.change.step.name},
            assignee_id=event.change.assignee_id,
        )
    )


class Handover(msgspec.Struct):
    """What changed in `task.transferred` and `task.escalated`: from whom to whom, and why."""

    assignee_id: UUID
    previous_assignee_id: UUID | None
    step: Step
    reason: str


@consumes("task.transferred.v1", "task.escalated.v1", data=TaskState, change=Handover)
def on_task_handed_over(event: Event[TaskState, Handover]) -> None:
    """Tell both sides."""
    if event.resync:
        return
    change = event.change
    notify(
        Happening(
            event.event_id,
            event.type,
            ticket_get(ticket_id=event.data.ticket_id),
            words={"step": change.step.name, "reason": change.reason.replace("_", " ")},
            assignee_id=change.assignee_id,
            previous_assignee_id=change.previous_assignee_id,
        )
    )


class OwnedTask(msgspec.Struct):
    """The slice of a task's state that says who has it."""

    ticket_id: UUID
    assignee_id: UUID | None


class Move(msgspec.Struct):
    """What changed in `task.moved`: to which step somebody moved the task by hand, and why."""

    step: Step
    reason: str


@consumes("task.moved.v1", data=OwnedTask, change=Move)
def on_task_moved(event: Event[OwnedTask, Move]) -> None:
    """Tell who has the task after it."""
    if event.resync:
        return
    notify(
        Happening(
            event.event_id,
            event.type,
            ticket_get(ticket_id=event.data.ticket_id),
            words={"step": event.change.step.name, "reason": event.change.reason},
            assignee_id=event.data.assignee_id,
        )
    )


class Clock(msgspec.Struct):
    """Which promise is near its end, or past it, and when that is."""

    clock: str
    due_at: datetime


@consumes("task.sla_warning.v1", "task.sla_breached.v1", data=OwnedTask, change=Clock)
def on_sla(event: Event[OwnedTask, Clock]) -> None:
    """Tell who can still do something about it."""
    if event.resync:
        return
    notify(
        Happening(
            event.event_id,
            event.type,
            ticket_get(ticket_id=event.data.ticket_id),
            words={
                "clock": event.change.clock.replace("_", " "),
                "due_at": f"{event.change.due_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
            },
            assignee_id=event.data.assignee_id,
        )
    )


class Unrouted(msgspec.Struct):
    """Why nobody was found for a task."""

    reason: str


@consumes("task.unrouted.v1", data=TaskState, change=Unrouted)
def on_task_unrouted(event: Event[TaskState, Unrouted]) -> None:
    """Tell the coordinators that a ticket waits for them."""
    if event.resync:
        return
    reasons = {"no_workflow": "no workflow matches", "no_assignee": "nobody holds the role"}
    words = {"reason": reasons.get(event.change.reason, event.change.reason)}
    notify(Happening(event.event_id, event.type, ticket_get(ticket_id=event.data.ticket_id), words))


class CommentState(msgspec.Struct):
    """The slice of a public comment that notices need."""

    ticket_id: UUID
    author_id: UUID
    author_name: str
    body: str
    mentions: list[UUID] = []


@consumes("comment.created.v1", data=CommentState)
def on_comment_created(event: Event[CommentState, None]) -> None:
    """Tell the other end of the conversation, and who is mentioned."""
    if event.resync:
        return
    comment = event.data
    words = {"author_name": comment.author_name, "comment": comment.body}
    ticket = ticket_get(ticket_id=comment.ticket_id)
    mentioned = frozenset(comment.mentions)
    notify(Happening(event.event_id, event.type, ticket, words, author_id=comment.author_id, mentioned_ids=mentioned))


class NoteState(msgspec.Struct):
    """The slice of an internal note that notices need. Its body is not among it, so it can get nowhere from here."""

    ticket_id: UUID
    author_id: UUID
    author_name: str
    mentions: list[UUID] = []


@consumes("comment.note_created.v1", data=NoteState)
def on_note_created(event: Event[NoteState, None]) -> None:
    """Tell the assignee, and who is mentioned, that there is something to read in the ticket."""
    if event.resync:
        return
    note = event.data
    ticket = ticket_get(ticket_id=note.ticket_id)
    words = {"author_name": note.author_name}
    mentioned = frozenset(note.mentions)
    notify(Happening(event.event_id, event.type, ticket, words, author_id=note.author_id, mentioned_ids=mentioned))


class BounceState(msgspec.Struct):
    """What a mail server reported of a message."""

    recipient: str
    action: str
    status: str
    original_message_id: str | None


@consumes("mail.bounced.v1", data=BounceState)
def on_mail_bounced(event: Event[BounceState, None]) -> None:
    """Write no more to an address that does not exist (RFC 3463: 5.1.x); a full mailbox or a delay passes."""
    bounce = event.data
    if bounce.action == "failed" and bounce.status.startswith("5.1.") and bounce.original_message_id:
        delivery_bounced(message_id=bounce.original_message_id, recipient=bounce.recipient, status=bounce.status)
