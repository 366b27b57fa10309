"""Running tasks change over to another version of their workflow: looked at first, then one task a transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jwtauth import people
from workflows.errors import MigrationIncomplete
from workflows.events import step_state
from workflows.models import Step, Task, TaskItem, WorkflowVersion
from workflows.services.deadlines import deadlines_sync
from workflows.services.recording import task_record
from workflows.services.routing import step_assign, step_enter, turn_end

# Tasks of one request; what is left is for the next one.
BATCH = 200
_IN_ONES_HANDS = (Task.Status.ASSIGNED, Task.Status.IN_PROGRESS, Task.Status.ON_HOLD)


@dataclass(frozen=True, slots=True)
class Change:
    """What happens, or has happened, to one task: `step` is the key in the other version, "" where it has none."""

    task_id: UUID
    ticket_number: str
    version: int
    previous_step: str
    step: str
    keeps_assignee: bool


@dataclass(frozen=True, slots=True)
class Migration:
    """The changes of the oldest BATCH tasks; `more`: there are others."""

    changes: list[Change]
    more: bool


def tasks_migrate(*, to: WorkflowVersion, steps: Mapping[str, str], dry_run: bool) -> Migration:
    """Bring the open tasks of a workflow's other versions to `to`, each to the step of the same key or as `steps` says.

    Who has the task keeps it, if they hold the role of the step there; otherwise the step is assigned anew. Deadlines
    are worked out again from the log. A dry run stores nothing. Raises: MigrationIncomplete, before anything is
    changed, when a task stands where the other version has no step.
    """
    others = Task.objects.filter(workflow_version__workflow=to.workflow_id, status__in=Task.OPEN)
    rows = others.exclude(workflow_version=to).select_related("ticket", "workflow_version", "current_step")
    tasks = list(rows.order_by("id")[: BATCH + 1])
    targets = {step.key: step for step in to.steps.all()}
    changes = [_change(task, targets, steps) for task in tasks[:BATCH]]
    if not dry_run:
        _require_complete(changes)
        for change in changes:
            _migrate(change=change, to=to, target=targets[change.step])
    return Migration(changes, more=len(tasks) > BATCH)


def _change(task: Task, targets: Mapping[str, Step], steps: Mapping[str, str]) -> Change:
    previous = task.current_step.key if task.current_step else ""
    target = targets.get(steps.get(previous, previous))
    return Change(
        task_id=task.id,
        ticket_number=task.ticket.number,
        version=task.workflow_version.number if task.workflow_version else 0,
        previous_step=previous,
        step=target.key if target else "",
        keeps_assignee=bool(target) and _stays_in_hands(task, target),
    )


def _stays_in_hands(task: Task, target: Step | None) -> bool:
    if target is None or target.kind != Step.Kind.TASK or task.assignee_id is None:
        return False
    if task.status not in _IN_ONES_HANDS:
        return False
    return people.with_role(target.role).filter(id=task.assignee_id).exists()


def _require_complete(changes: list[Change]) -> None:
    lost = sorted({change.previous_step for change in changes if not change.step})
    if lost:
        raise MigrationIncomplete(
            f"Tasks stand at {', '.join(lost)}; say in `steps` where they go.",
            errors=[
                {"field": f"steps.{key}", "code": "step_unknown", "detail": "The other version has no such step."}
                for key in lost
            ],
        )


@transaction.atomic
def _migrate(*, change: Change, to: WorkflowVersion, target: Step) -> None:
    task = Task.objects.select_for_update(no_key=True).get(pk=change.task_id)
    previous = task.current_step
    if task.status not in Task.OPEN or task.workflow_version_id == to.pk or previous is None:
        return
    if previous.key != change.previous_step:
        return  # it has moved on meanwhile; the next request looks at it again
    now, keeps = timezone.now(), _stays_in_hands(task, target)
    task.workflow_version = to
    if keeps:
        task.current_step = target
        task.step_roles = sorted({*task.step_roles, target.role})
        TaskItem.objects.filter(task=task, completed_at=None, released_at=None).update(step=target)
    else:
        _enter(task=task, target=target, same=previous.key == target.key, now=now)
    deadlines_sync(task=task, now=now)
    reason = f"Migrated to version {to.number}."
    task_record(
        task=task,
        action="moved",
        change={"step": step_state(target), "previous_step": step_state(previous), "reason": reason},
    )
    if not keeps:
        step_assign(task=task, now=now)
    elif task.status == Task.Status.ON_HOLD:
        # A move ends a hold (clocks.py); this one has to go on.
        task_record(task=task, action="held", change={"reason": task.hold_reason})


def _enter(*, task: Task, target: Step, same: bool, now: datetime) -> None:
    entered = task.step_entered_at
    turn_end(task=task, now=now)
    task.held_status, task.held_at, task.hold_reason = "", None, ""
    task.unrouted_reason, task.unrouted_at = "", None
    step_enter(task=task, step=target, now=now)
    if same:
        task.step_entered_at = entered  # the same step by another name buys no time
