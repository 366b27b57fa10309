"""What ticket-service does with others' events. Each handler runs in the inbox's transaction, once per event."""

from datetime import datetime
from uuid import UUID

import msgspec

from eventbus import Event, Retry, consumes
from jwtauth import people
from tickets.errors import TicketNotFound
from tickets.services.following import TaskState, task_follow
from tickets.services.replying import ReplyState, public_reply_record

CREATED = "comment.created.v1"


class TaskData(msgspec.Struct):
    """What a ticket follows of its task."""

    id: UUID
    ticket_id: UUID
    status: str
    step_roles: list[str]
    assignee_ids: list[UUID]
    resolution: str
    assignee_id: UUID | None
    started_at: datetime | None


class CommentData(msgspec.Struct):
    """A public reply: to which ticket, when and what."""

    id: UUID
    ticket_id: UUID
    body: str
    author_id: UUID
    author_is_staff: bool
    created_at: datetime


@consumes("user.changed.v1", data=people.UserState)
def on_user_changed(event: Event[people.UserState, None]) -> None:
    """Keeps the people projection."""
    people.apply_user(data=event.data, version=event.version)


@consumes("user.revoked.v1", data=people.UserState, change=people.RevocationChange)
def on_user_revoked(event: Event[people.UserState, people.RevocationChange]) -> None:
    """Refuses the user's older tokens from now on."""
    people.apply_revocation(data=event.data, change=event.change, version=event.version)


@consumes(
    "task.assigned.v1",
    "task.queued.v1",
    "task.started.v1",
    "task.step_completed.v1",
    "task.decided.v1",
    "task.completed.v1",
    "task.held.v1",
    "task.resumed.v1",
    "task.unrouted.v1",
    "task.cancelled.v1",
    "task.transferred.v1",
    "task.escalated.v1",
    "task.moved.v1",
    data=TaskData,
)
def on_task(event: Event[TaskData, None]) -> None:
    """Lets the ticket follow its task. Every event carries the whole state, so one rule serves all types."""
    task = event.data
    state = TaskState(
        id=task.id,
        version=event.version,
        ticket_id=task.ticket_id,
        status=task.status,
        started_at=task.started_at,
        assignee_id=task.assignee_id,
        step_roles=task.step_roles,
        assignee_ids=task.assignee_ids,
        resolution=task.resolution,
    )
    try:
        task_follow(task=state, actor=event.actor)
    except TicketNotFound:
        raise Retry(f"ticket {task.ticket_id} is not here") from None


@consumes(CREATED, "comment.updated.v1", "comment.deleted.v1", data=CommentData)
def on_comment(event: Event[CommentData, None]) -> None:
    """Makes the reply searchable, in its latest wording; a new one reopens what was resolved.

    A deleted comment's text is empty. Notes are events of other types, which this service does not consume.
    """
    comment = event.data
    reply = ReplyState(
        id=comment.id,
        version=event.version,
        ticket_id=comment.ticket_id,
        body=comment.body,
        author_id=comment.author_id,
        author_is_staff=comment.author_is_staff,
        created_at=comment.created_at,
    )
    try:
        public_reply_record(reply=reply, actor=event.actor, opens=event.type == CREATED and not event.resync)
    except TicketNotFound:
        raise Retry(f"ticket {event.data.ticket_id} is not here") from None
