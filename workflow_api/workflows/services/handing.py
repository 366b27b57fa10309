"""Work changes hands or place: claim, release, transfer, escalation, cancellation, and an Admin's forced move.

Like the actions of the assignee they lock the task's row and act on what the caller saw, so that a race has one winner.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jwtauth import people
from jwtauth.principal import Principal
from workflows.access import sees_all
from workflows.errors import (
    ActionNotAllowed,
    NobodyElse,
    NotALead,
    NotAnAdmin,
    NotOfTheRole,
    NotTheAssignee,
    PersonNotSuitable,
    StepUnknown,
    TaskChanged,
)
from workflows.events import assigned_change, handed_change, step_state
from workflows.models import Step, Task
from workflows.services.actions import ALLOWED, conflict
from workflows.services.assignment import next_person
from workflows.services.deadlines import step_due_sync
from workflows.services.escalation import task_escalate
from workflows.services.intake import task_cancel
from workflows.services.recording import task_record
from workflows.services.routing import step_assign, step_enter, task_queue, turn_end, turn_give


@transaction.atomic
def task_claim(*, seen: Task, actor: Principal) -> Task:
    """Someone of the step's role takes a task that nobody has begun.

    Raises (all of these alike): TaskChanged when someone was faster, ActionNotAllowed; here NotOfTheRole.
    """
    task, step = _lock(seen=seen, action="claim")
    if step.role not in actor.roles:
        raise NotOfTheRole
    if task.assignee_id == actor.id:
        raise conflict(ActionNotAllowed, task, "claim")
    _hand(task=task, person_id=actor.id, reason="claim")
    return task


@transaction.atomic
def task_release(*, seen: Task, actor: Principal, reason: str) -> Task:
    """The assignee gives the step back; the next person of its role gets it, or it is queued where people claim.

    Raises: NotTheAssignee; NobodyElse.
    """
    task, step = _lock(seen=seen, action="release")
    if task.assignee_id != actor.id:
        raise NotTheAssignee
    if step.strategy == Step.Strategy.CLAIM:
        turn_end(task=task, now=timezone.now())
        task_queue(task=task, step=step, reason=reason)
        return task
    turn = next_person(role=step.role, strategy=step.strategy, but=actor.id)
    if turn is None:
        raise NobodyElse(f"Nobody else holds {step.role}, or is there.", role=step.role)
    _hand(task=task, person_id=turn.person.id, reason=reason, instead_of=turn.instead_of)
    return task


@transaction.atomic
def task_transfer(*, seen: Task, actor: Principal, assignee_id: UUID, reason: str) -> Task:
    """The assignee, or a coordinator or admin, gives the step to a person of its role or of its escalation role.

    Raises: NotTheAssignee; PersonNotSuitable.
    """
    task, step = _lock(seen=seen, action="transfer")
    _require_assignee_or_lead(task=task, actor=actor)
    fit = {role for role in (step.role, step.escalation_role) if role}
    suitable = any(people.with_role(role).filter(id=assignee_id).exists() for role in sorted(fit))
    if not suitable or assignee_id == task.assignee_id:
        raise PersonNotSuitable(f"The step needs an active person, other than now, with {step.role}.", role=step.role)
    _hand(task=task, person_id=assignee_id, reason=reason)
    return task


@transaction.atomic
def task_escalate_by_hand(*, seen: Task, actor: Principal, reason: str) -> Task:
    """The assignee, or a coordinator or admin, gives the step to its escalation role.

    Raises: NotTheAssignee; NobodyElse, also when the step has no such role.
    """
    task, step = _lock(seen=seen, action="escalation")
    _require_assignee_or_lead(task=task, actor=actor)
    if not task_escalate(task=task, reason=reason, now=timezone.now()):
        role = step.escalation_role
        raise NobodyElse(f"Nobody else holds {role}." if role else "The step has no escalation role.", role=role)
    return task


@transaction.atomic
def task_cancel_by_hand(*, seen: Task, actor: Principal, reason: str) -> Task:
    """A coordinator or admin ends a task without completing it. Raises: NotALead."""
    if not sees_all(actor):
        raise NotALead
    task = _locked(seen=seen, action="cancellation")
    task_cancel(task=task, reason=reason)
    return task


@transaction.atomic
def task_move(*, seen: Task, actor: Principal, step: str, reason: str) -> Task:
    """An Admin puts a task before any step of its workflow; the step is assigned anew.

    Raises: NotAnAdmin; StepUnknown.
    """
    if not actor.has_role("tts:admin"):
        raise NotAnAdmin
    task, previous = _lock(seen=seen, action="move")
    steps = {each.key: each for each in previous.version.steps.all()}
    if step not in steps:
        raise StepUnknown(f"Steps are {', '.join(steps)}.", allowed=list(steps))
    now = timezone.now()
    turn_end(task=task, now=now)
    task.held_status, task.held_at, task.hold_reason = "", None, ""
    task.unrouted_reason, task.unrouted_at = "", None
    step_enter(task=task, step=steps[step], now=now)
    step_due_sync(task=task)
    change = {"step": step_state(steps[step]), "previous_step": step_state(previous), "reason": reason}
    task_record(task=task, action="moved", change=change, more=True)
    step_assign(task=task, now=now)
    return task


def _locked(*, seen: Task, action: str) -> Task:
    task = Task.objects.select_for_update(no_key=True).get(pk=seen.pk)
    task.relate(seen)
    if task.version != seen.version:
        raise conflict(TaskChanged, task, action)
    if task.status not in ALLOWED[action]:
        raise conflict(ActionNotAllowed, task, action)
    return task


def _lock(*, seen: Task, action: str) -> tuple[Task, Step]:
    task = _locked(seen=seen, action=action)
    if task.current_step is None:  # unrouted without a workflow: there is no step to hand over
        raise conflict(ActionNotAllowed, task, action)
    return task, task.current_step


def _require_assignee_or_lead(*, task: Task, actor: Principal) -> None:
    if task.assignee_id != actor.id and not sees_all(actor):
        raise NotTheAssignee


def _hand(*, task: Task, person_id: UUID, reason: str, instead_of: UUID | None = None) -> None:
    now, previous = timezone.now(), task.assignee_id
    turn_end(task=task, now=now)
    item = turn_give(task=task, person_id=person_id, now=now, instead_of=instead_of)
    change = handed_change(item, previous_assignee_id=previous, reason=reason)
    task_record(task=task, action="transferred", change=change, more=True)
    task_record(task=task, action="assigned", change=assigned_change(item))
