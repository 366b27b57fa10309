"""What a ticket's state does here: the projection, exactly one task per ticket, its cancellation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from jsonlog import context
from workflows.clocks import started_at
from workflows.models import Message, Task, TaskItem, TicketProjection
from workflows.services.deadlines import deadlines_sync
from workflows.services.readers import readers_sync
from workflows.services.recording import task_record
from workflows.services.routing import task_route


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSnapshot:
    """The part of a ticket's public state that this service keeps."""

    id: UUID
    number: str
    subject: str
    category: str
    sub_category: str
    department: str
    priority: str
    status: str
    requester_id: UUID
    custom_fields: dict[str, Any]
    access_user_ids: list[str]
    access_roles: list[str]
    filed_at: datetime


def ticket_apply(*, snapshot: TicketSnapshot, version: int, reopened_at: datetime | None = None) -> None:
    """Take in a ticket's state, in any order and any number of times, inside the consumer's transaction.

    The projection's row lock makes events of one ticket take turns, so that two consumers never make two tasks. A
    state older than the one held changes nothing, but a ticket without a task gets one from whatever arrives. With
    `reopened_at` a ticket whose work is done gets a new task, with a clock that starts then.
    """
    ticket = _upsert(snapshot=snapshot, version=version)
    if ticket.status in TicketProjection.ENDS_WORK:
        _cancel_open_tasks(ticket=ticket)
    elif ticket.status not in TicketProjection.OVER:
        runs = list(ticket.tasks.order_by("run").values_list("run", "status"))
        if not runs:
            _open_task(ticket=ticket, run=1, begun_at=timezone.now())
        elif reopened_at is not None and all(status not in Task.OPEN for _, status in runs):
            _open_task(ticket=ticket, run=runs[-1][0] + 1, begun_at=reopened_at)


def _upsert(*, snapshot: TicketSnapshot, version: int) -> TicketProjection:
    fields = {name: getattr(snapshot, name) for name in snapshot.__dataclass_fields__ if name != "id"}
    # Two consumers may meet a new ticket at once: whoever inserts second waits here instead of failing. All locks of
    # this service are FOR NO KEY UPDATE: an action that holds the task and writes it twice makes PostgreSQL check the
    # foreign key to this row, and would otherwise deadlock with a consumer that holds this row and wants the task.
    TicketProjection.objects.bulk_create([TicketProjection(id=snapshot.id, **fields)], ignore_conflicts=True)
    ticket = TicketProjection.objects.select_for_update(no_key=True).get(id=snapshot.id)
    if version < ticket.version:
        return ticket
    access = {*ticket.access_user_ids, *ticket.access_roles}
    priority, served_by = ticket.priority, _matched_by(ticket)
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.version = version
    ticket.save()
    if access != {*ticket.access_user_ids, *ticket.access_roles}:
        # An action that runs now holds the task's lock: its readers are settled before ours are worked out.
        for task in Task.objects.select_for_update(no_key=True).filter(ticket=ticket).order_by("id"):
            task.ticket = ticket
            readers_sync(task=task)
    if priority != ticket.priority:
        for task in ticket.tasks.select_for_update(no_key=True).filter(status__in=Task.OPEN).order_by("id"):
            task.ticket = ticket
            deadlines_sync(task=task, now=timezone.now())
            task.save()
    if served_by != _matched_by(ticket):
        _route_again(ticket=ticket)
    return ticket


def _matched_by(ticket: TicketProjection) -> tuple[str, str, str]:
    return (ticket.category, ticket.sub_category, ticket.department)


def _route_again(*, ticket: TicketProjection) -> None:
    """Another category may be served where this one was not. Work that runs stays on its workflow."""
    waiting = ticket.tasks.filter(status=Task.Status.UNROUTED, workflow_version=None)
    for task in waiting.select_for_update(no_key=True).order_by("id"):
        task.ticket = ticket
        task_route(task=task, now=timezone.now())


def _open_task(*, ticket: TicketProjection, run: int, begun_at: datetime) -> None:
    task = Task(ticket=ticket, run=run, created_at=begun_at, request_id=context.request_id() or "")
    task.save()
    task_route(task=task, now=timezone.now())


def _cancel_open_tasks(*, ticket: TicketProjection) -> None:
    for task in Task.objects.select_for_update(no_key=True).filter(ticket=ticket, status__in=Task.OPEN).order_by("id"):
        task.ticket = ticket
        task_cancel(task=task, reason=f"ticket_{ticket.status.lower()}")


def task_cancel(*, task: Task, reason: str) -> None:
    """End an open task without completing it; its open turn is released. The caller holds the row lock."""
    now = timezone.now()
    TaskItem.objects.filter(task=task, completed_at=None, released_at=None).update(released_at=now)
    task.status = Task.Status.CANCELLED
    task.cancel_reason = reason
    task.current_step = None
    task.assignee_id = None
    task_record(task=task, action="cancelled", change={"reason": reason})


def message_record(*, ticket: TicketProjection, comment_id: UUID, by_staff: bool, at: datetime) -> None:
    """Take in a public comment: it answers the requester or asks again, so the response clocks move.

    The earliest known answer of staff is the task's first reply, in whatever order the comments arrive.
    """
    Message.objects.bulk_create(
        [Message(id=comment_id, ticket=ticket, by_staff=by_staff, at=at)], ignore_conflicts=True
    )
    for task in Task.objects.select_for_update(no_key=True).filter(ticket=ticket).order_by("id"):
        if by_staff and at >= started_at(task) and (task.first_reply_at is None or at < task.first_reply_at):
            task.first_reply_at = at
        deadlines_sync(task=task, now=timezone.now())
        task.save()
