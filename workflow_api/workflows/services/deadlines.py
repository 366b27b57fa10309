"""Writes down when work is due, as worked out from the log (clocks.py): on the task, its open turn, its clocks."""

from datetime import datetime

from workflows.business_time import Span
from workflows.clocks import Clock, clocks_of, deadline, hours_of, pauses_of, step_share
from workflows.models import SlaClock, Task, TaskItem

FIELDS = ("target_minutes", "due_at", "warn_at", "ended_at", "warned_at", "breached_at")


def deadlines_sync(*, task: Task, now: datetime) -> None:
    """Make the task's deadlines and its clocks equal to what its log says. The caller holds the lock and saves it."""
    version = task.workflow_version
    if version is None:
        return
    task.calendar_version = version.calendar.version if version.calendar else 0
    task.ticket_version = task.ticket.version
    pauses = pauses_of(task)
    clocks = clocks_of(task, pauses=pauses)
    _store(task=task, clocks=clocks, now=now)
    resolution = next(clock for clock in clocks if clock.kind == SlaClock.Kind.RESOLUTION)
    # While a hold lasts the last known deadlines stay: nobody can say yet by how much they will move.
    task.resolution_due_at = resolution.due_at or task.resolution_due_at
    step_due_sync(task=task, pauses=pauses)


def step_due_sync(*, task: Task, pauses: list[Span] | None = None) -> None:
    """The same for the deadline of the current step alone, and of the open turn."""
    version, step = task.workflow_version, task.current_step
    if version is None or step is None or task.step_entered_at is None:
        return
    share = step_share(version=version, step=step, priority=task.ticket.priority)
    due_at = deadline(hours_of(version), task.step_entered_at, share, pauses_of(task) if pauses is None else pauses)
    if due_at is not None and due_at != task.step_due_at:
        task.step_due_at = due_at
        if task.assignee_id is not None or task.status == Task.Status.IN_APPROVAL:
            TaskItem.objects.filter(task=task, completed_at=None, released_at=None).update(due_at=due_at)


def _store(*, task: Task, clocks: list[Clock], now: datetime) -> None:
    have = {(row.kind, row.started_at): row for row in SlaClock.objects.filter(task=task)}
    new: list[SlaClock] = []
    changed: list[SlaClock] = []
    for clock in clocks:
        row = have.pop((clock.kind, clock.started_at), None)
        (changed if row else new).append(_row(task=task, row=row, clock=clock, now=now))
    SlaClock.objects.bulk_create(new)
    if changed:
        SlaClock.objects.bulk_update(changed, FIELDS)
    if have:
        SlaClock.objects.filter(pk__in=[row.pk for row in have.values()]).delete()


def _row(*, task: Task, row: SlaClock | None, clock: Clock, now: datetime) -> SlaClock:
    row = row or SlaClock(task=task, kind=clock.kind, started_at=clock.started_at)
    row.target_minutes = int(clock.target.total_seconds() // 60)
    row.due_at, row.warn_at, row.ended_at = clock.due_at, clock.warn_at, clock.ended_at
    # A deadline that has moved away is warned of, and can be missed, again.
    if clock.due_at and clock.due_at > (clock.ended_at or now):
        row.breached_at = None
    if clock.warn_at and clock.warn_at > (clock.ended_at or now):
        row.warned_at = None
    return row
