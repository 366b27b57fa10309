"""Deadlines come: a warning before, a breach at it, and the step goes to its escalation role. Run by the ticker."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from eventbus import ticker
from jsonlog import context
from workflows.events import assigned_change, handed_change
from workflows.models import SlaClock, Task
from workflows.services.assignment import next_person
from workflows.services.deadlines import deadlines_sync
from workflows.services.recording import task_record
from workflows.services.routing import turn_end, turn_give

ESCALATED = (Task.Status.QUEUED, Task.Status.ASSIGNED, Task.Status.IN_PROGRESS)  # by a breach
BATCH = 50  # clocks per tick: a tick stays short, the next one goes on


def sla_tick() -> int:
    """Publish the warnings and breaches that are due, and escalate what is breached. Returns how many clocks it met.

    Tasks locked by someone else are left to the next tick.
    """
    now = timezone.now()
    ticker.each(_outdated().values_list("pk", flat=True)[:BATCH], _work_out_again)
    # No deadline: the clock stands still, and who is to be warned of what is seen when it goes on.
    warning = Q(warned_at=None, breached_at=None, warn_at__lte=now, due_at__isnull=False)
    due = warning | Q(breached_at=None, due_at__lte=now)
    clocks = SlaClock.objects.filter(due, ended_at=None, task__status__in=Task.OPEN).order_by("due_at", "id")
    return ticker.each(clocks.values_list("pk", flat=True)[:BATCH], lambda pk: _meet(pk, now))


def task_escalate(*, task: Task, reason: str, now: datetime) -> bool:
    """Give the current step to a person of its escalation role and publish it; False when there is nobody else.

    The caller holds the task's row lock.
    """
    step = task.current_step
    if step is None or not step.escalation_role:
        return False
    turn = next_person(role=step.escalation_role, but=task.assignee_id)
    if turn is None:
        return False
    previous = task.assignee_id
    turn_end(task=task, now=now)
    item = turn_give(task=task, person_id=turn.person.id, now=now, instead_of=turn.instead_of)
    task.step_roles = sorted({*task.step_roles, step.escalation_role})
    change = handed_change(item, previous_assignee_id=previous, reason=reason) | {"role": step.escalation_role}
    task_record(task=task, action="escalated", change=change, more=True)
    task_record(task=task, action="assigned", change=assigned_change(item))
    return True


def _outdated() -> QuerySet[Task]:
    """Open tasks whose calendar has changed since their deadlines were worked out, or that began before clocks did."""
    newer = Q(workflow_version__calendar__version__gt=F("calendar_version"))
    without = Q(clocks=None, workflow_version__isnull=False)
    return Task.objects.filter(newer | without, status__in=Task.OPEN).order_by("id")


@transaction.atomic
def _work_out_again(pk: UUID) -> bool:
    task = Task.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=pk, status__in=Task.OPEN).first()
    if task is not None:
        deadlines_sync(task=task, now=timezone.now())
        task.save()
    return task is not None


@transaction.atomic
def _meet(clock_id: UUID, now: datetime) -> bool:
    waiting = SlaClock.objects.filter(pk=clock_id, ended_at=None, breached_at=None)
    task_id = waiting.values_list("task_id", flat=True).first()
    if task_id is None:
        return False
    task = (
        Task.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=task_id, status__in=Task.OPEN).first()
    )
    clock = waiting.first()  # read again under the lock: someone may have held or ended it meanwhile
    if task is None or clock is None:
        return False
    with context.bind(request_id=task.request_id or None):
        if clock.due_at is None:
            return False
        if clock.due_at <= now:
            _breach(task=task, clock=clock, now=now)
        elif clock.warn_at and clock.warn_at <= now and clock.warned_at is None:
            clock.warned_at = now
            clock.save(update_fields=["warned_at"])
            change = {"clock": clock.kind, "due_at": clock.due_at}
            task_record(task=task, action="sla_warning", change=change)
        else:
            return False
    return True


def _breach(*, task: Task, clock: SlaClock, now: datetime) -> None:
    clock.breached_at = now
    clock.save(update_fields=["breached_at"])
    task_record(task=task, action="sla_breached", change={"clock": clock.kind, "due_at": clock.due_at})
    if task.status in ESCALATED and task.escalated_at is None:
        task.escalated_at = now
        task_escalate(task=task, reason="sla_breached", now=now)
        task.save()
