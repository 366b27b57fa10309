"""What an assignee does with a task. Each action locks the task's row, so that a race has one winner."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from jwtauth.principal import Principal
from servicekit.time import rfc3339
from workflows.choosing import ways_of
from workflows.errors import ActionNotAllowed, NotTheAssignee, TaskChanged, TransitionNotAllowed
from workflows.events import step_state
from workflows.guards import holds
from workflows.models import Step, Task, TaskItem, TaskLog, TicketProjection, Transition
from workflows.services.deadlines import step_due_sync
from workflows.services.recording import task_record
from workflows.services.routing import step_assign, step_enter

S = Task.Status
# The one table of what is possible in which status.
ALLOWED: dict[str, frozenset[str]] = {
    "start": frozenset({S.ASSIGNED}),
    "completion": frozenset({S.IN_PROGRESS}),
    "hold": frozenset({S.ASSIGNED, S.IN_PROGRESS}),
    "resumption": frozenset({S.ON_HOLD}),
    "transfer": frozenset({S.QUEUED, S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD}),
    "release": frozenset({S.ASSIGNED, S.IN_PROGRESS}),
    "escalation": frozenset({S.QUEUED, S.ASSIGNED, S.IN_PROGRESS, S.IN_APPROVAL}),
    "approval": frozenset({S.IN_APPROVAL}),
    "rejection": frozenset({S.IN_APPROVAL}),
    "claim": frozenset({S.QUEUED, S.ASSIGNED, S.UNROUTED}),
    "cancellation": frozenset(Task.OPEN),
    "move": frozenset({S.QUEUED, S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD, S.IN_APPROVAL, S.UNROUTED}),
}
OF_THE_ASSIGNEE = ("start", "completion", "hold", "resumption", "transfer", "release", "escalation")
OF_AN_APPROVER = ("approval", "rejection")


def actions_allowed(status: str) -> list[str]:
    """The actions that the assignee of a task in this status may take, its approvers, or those who may claim it."""
    if status == S.IN_APPROVAL:
        return list(OF_AN_APPROVER)
    if status == S.QUEUED:  # it has no assignee
        return ["claim"]
    return [action for action in OF_THE_ASSIGNEE if status in ALLOWED[action]]


@transaction.atomic
def task_start(*, seen: Task, actor: Principal) -> Task:
    """The assignee begins the current step.

    Raises (all actions alike): NotTheAssignee; TaskChanged when someone was faster; ActionNotAllowed.
    """
    task, step = _take_turn(seen=seen, actor=actor, action="start")
    now = timezone.now()
    _open_turn(task).update(started_at=now)
    task.status = S.IN_PROGRESS
    task.started_at = task.started_at or now
    task_record(task=task, action="started", change={"step": step_state(step)})
    return task


@transaction.atomic
def task_complete(*, seen: Task, actor: Principal, transition: str, notes: str) -> Task:
    """The assignee ends the current step by one of its transitions; the next step is assigned, or the task completes.

    Raises: TransitionNotAllowed with the transitions that are allowed.
    """
    task, step = _take_turn(seen=seen, actor=actor, action="completion")
    chosen = transition_of(step=step, key=transition, ticket=task.ticket)
    now = timezone.now()
    _open_turn(task).update(completed_at=now, transition=chosen.key, notes=notes)
    step_leave(task=task, way=chosen, notes=notes, now=now)
    return task


@transaction.atomic
def task_hold(*, seen: Task, actor: Principal, reason: str) -> Task:
    """The assignee puts the task aside; its deadlines stand still until the resumption."""
    task, _ = _take_turn(seen=seen, actor=actor, action="hold")
    task.held_status = task.status
    task.held_at = timezone.now()
    task.hold_reason = reason
    task.status = S.ON_HOLD
    task_record(task=task, action="held", change={"reason": reason})
    return task


@transaction.atomic
def task_resume(*, seen: Task, actor: Principal) -> Task:
    """The assignee takes a held task up again; the deadlines move by the business time that it was held."""
    task, _ = _take_turn(seen=seen, actor=actor, action="resumption")
    task.status = task.held_status
    task.held_status, task.held_at, task.hold_reason = "", None, ""
    task_record(task=task, action="resumed", change={})
    return task


def _take_turn(*, seen: Task, actor: Principal, action: str) -> tuple[Task, Step]:
    """Lock the task and make sure that the actor may act on what they saw: the task and its step."""
    # Without joins: PostgreSQL rechecks a row that it waited for against the rows joined before the wait.
    task = Task.objects.select_for_update(no_key=True).get(pk=seen.pk)
    task.relate(seen)
    changed = task.version != seen.version
    if task.assignee_id != actor.id:
        had_a_turn = task.items.filter(assignee_id=actor.id).exists()
        raise conflict(TaskChanged, task, action) if changed or had_a_turn else NotTheAssignee()
    if changed:
        raise conflict(TaskChanged, task, action)
    if task.status not in ALLOWED[action] or task.current_step is None:
        raise conflict(ActionNotAllowed, task, action)
    return task, task.current_step


def _open_turn(task: Task) -> QuerySet[TaskItem]:
    return TaskItem.objects.filter(task=task, completed_at=None, released_at=None)


def conflict(problem: Callable[..., Exception], task: Task, action: str) -> Exception:
    """A 409 that says who changed the task last, when and how, and what is possible now."""
    last = TaskLog.objects.filter(task=task).exclude(actor=None).order_by("-id").first()
    who: dict[str, Any] = last.actor if last and last.actor else {}
    name = who.get("name") or "the service"
    at = rfc3339(last.at if last else task.created_at)
    return problem(
        f"{action} is not possible: {name} changed the task at {at}, it is {task.status} now.",
        changed_by=name,
        changed_at=at,
        last_action=last.action if last else "",
        task_status=str(task.status),
        allowed=actions_allowed(task.status),
    )


def transition_of(*, step: Step, key: str, ticket: TicketProjection) -> Transition:
    """The way out of a step that has this key, and that is open to the ticket. Raises: TransitionNotAllowed."""
    ways = {way.key: way for way in ways_of(step.pk) if holds(way.guard, ticket)}
    if key not in ways:
        names = ", ".join(ways)
        raise TransitionNotAllowed(
            f"From {step.key} these transitions lead on for this ticket: {names}.", allowed=list(ways)
        )
    return ways[key]


def step_leave(*, task: Task, way: Transition, notes: str, now: datetime) -> None:
    """Lead a task on from its current step, whose turns have ended: to the next step and its people, or to the end."""
    step = way.from_step
    if step.gives_resolution:
        task.resolution = notes
    change = {"step": step_state(step), "transition": way.key, "notes": notes}
    if way.to_step is None:
        _finish(task=task, change=change, notes=notes, now=now)
        return
    back_to = step_enter(task=task, step=way.to_step, now=now)
    step_due_sync(task=task)
    task_record(task=task, action="step_completed", change=change, more=True)
    step_assign(task=task, now=now, back_to=back_to)


def _finish(*, task: Task, change: dict[str, Any], notes: str, now: datetime) -> None:
    task.status = S.COMPLETED
    task.completed_at = now
    task.current_step = None
    task.assignee_id = None
    task.resolution = task.resolution or notes
    task_record(task=task, action="step_completed", change=change, more=True)
    task_record(task=task, action="completed", change={})
