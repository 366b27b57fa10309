"""A ticket follows its task: status, assignee, resolution, and who may see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tickets.access import Reason, opens_tickets, role_grantee, user_grantee
from tickets.errors import TicketNotFound
from tickets.models import AccessGrant, Ticket
from tickets.services.recording import Revision
from tickets.status import By, Status, is_final

_ENDED = frozenset({"completed", "cancelled"})
_BY_TASK = frozenset({By.TASK})


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """What a ticket follows of its task's state (contracts/state/task.schema.json), with the event's version."""

    id: UUID
    version: int
    ticket_id: UUID
    status: str
    started_at: datetime | None
    assignee_id: UUID | None
    step_roles: list[str]
    assignee_ids: list[UUID]
    resolution: str


def task_follow(*, task: TaskState, actor: Mapping[str, Any] | None) -> bool:
    """Applies a task's state to its ticket; True when the ticket has changed.

    A state older than the one last applied is ignored, and so is one of an older task, or of one that was over when the
    ticket was reopened. The status of a ticket that a
    person has ended stays; who may see it still follows.
    Raises TicketNotFound.
    """
    with transaction.atomic(savepoint=False):
        try:
            ticket = Ticket.objects.select_for_update(no_key=True).get(pk=task.ticket_id)
        except Ticket.DoesNotExist:
            raise TicketNotFound from None
        if _is_past(ticket, task):
            return False
        revision = Revision(ticket, actor=actor)
        status = Status(ticket.status)
        target = _status_of(task, status)
        if target != status and not is_final(status):
            revision.move(target, parties=_BY_TASK)
        # A task that has ended names no assignee; the ticket keeps the last one, who is the person to ask.
        if task.assignee_id is not None or task.status not in _ENDED:
            revision.put("assignee_id", task.assignee_id)
        revision.put("resolution", task.resolution)
        if _grants_add(ticket, task):
            revision.access_changed()
        return revision.store(also={"task_id": task.id, "task_version": task.version})


def _is_past(ticket: Ticket, task: TaskState) -> bool:
    if task.id == ticket.left_task_id:
        return True
    if ticket.task_id is None or ticket.task_id == task.id:
        return task.version < ticket.task_version
    return task.id < ticket.task_id  # ids are UUIDv7: the greater one is the later task


def _status_of(task: TaskState, present: Status) -> Status:
    if task.status == "completed":
        return Status.RESOLVED
    if task.status == "on_hold":
        return Status.ON_HOLD
    if task.status == "in_progress":
        return Status.IN_PROGRESS
    if task.status in {"assigned", "in_approval", "queued"} and task.started_at is not None:
        return Status.IN_PROGRESS  # between two steps: the work has begun
    if task.status in {"assigned", "in_approval"}:
        return Status.OPEN
    return present


def _grants_add(ticket: Ticket, task: TaskState) -> bool:
    """Lets the task's people and roles see the ticket, for good. True when that is news."""
    wanted = {(user_grantee(pk), Reason.ASSIGNEE) for pk in task.assignee_ids}
    if task.assignee_id is not None:
        wanted.add((user_grantee(task.assignee_id), Reason.ASSIGNEE))
    wanted |= {(role_grantee(role), Reason.STEP) for role in task.step_roles if opens_tickets(role)}
    present = list(AccessGrant.objects.filter(ticket=ticket).values_list("grantee", "reason"))
    missing = wanted - {(grantee, Reason(reason)) for grantee, reason in present}
    if not missing:
        return False
    AccessGrant.objects.bulk_create(
        AccessGrant(ticket=ticket, grantee=grantee, reason=reason) for grantee, reason in sorted(missing)
    )
    return True
