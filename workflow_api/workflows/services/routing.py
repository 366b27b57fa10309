"""Brings a task to a person: matches its workflow, enters a step, assigns; or marks it unrouted, never drops it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from workflows.choosing import approvals_needed, approvers_of, returning, somebody_there, workflow_match
from workflows.events import assigned_change, step_state
from workflows.models import Step, Task, TaskItem
from workflows.services.assignment import next_person
from workflows.services.deadlines import deadlines_sync
from workflows.services.recording import task_record


def task_route(*, task: Task, now: datetime) -> bool:
    """Match and assign a task that stands nowhere yet, or assign one that waits at its step for a person.

    The caller holds the row lock. Returns whether somebody has it now. A task that was already unrouted for the same
    reason stays as it is, without a second event.
    """
    if task.workflow_version is None:
        ticket = task.ticket
        version = workflow_match(
            category=ticket.category, sub_category=ticket.sub_category, department=ticket.department
        )
        if version is None:
            _unroute(task=task, reason=Task.Unrouted.NO_WORKFLOW, now=now)
            return False
        task.workflow_version = version
        step_enter(task=task, step=version.steps.get(is_start=True), now=now)
        deadlines_sync(task=task, now=now)
    return step_assign(task=task, now=now)


def step_enter(*, task: Task, step: Step, now: datetime) -> UUID | None:
    """Put a task before a step, without a person yet. The caller works out the deadline and saves it.

    Answers who completed the step the last time that the task was there.
    """
    task.current_step = step
    task.status = Task.Status.QUEUED
    task.assignee_id = None
    task.step_roles = sorted({*task.step_roles, step.role})
    before = list(TaskItem.objects.filter(task=task, step=step).order_by("id"))
    # A back-edge does not buy time.
    task.step_entered_at = (before[0].entered_at or before[0].assigned_at) if before else now
    if step.gives_resolution:
        task.resolution = ""
    return next((item.assignee_id for item in reversed(before) if item.completed_at), None)


def step_assign(*, task: Task, now: datetime, back_to: UUID | None = None) -> bool:
    """Give the current step to a person of its role and publish it; or mark the task unrouted.

    That is `back_to`, who has done the step before, if they are there; otherwise the step's strategy decides. Work
    that people claim is queued for the role.
    """
    step = task.current_step
    if step is None or task.step_due_at is None:
        raise ValueError(f"task {task.pk} stands at no step")
    if step.kind == Step.Kind.APPROVAL:
        return _approval_begin(task=task, step=step, now=now)
    turn = returning(role=step.role, person_id=back_to) if back_to else None
    if turn is None and step.strategy == Step.Strategy.CLAIM and somebody_there(role=step.role):
        task_queue(task=task, step=step, reason="claim")
        return True
    turn = turn or next_person(role=step.role, strategy=step.strategy)
    if turn is None:
        _unroute(task=task, reason=Task.Unrouted.NO_ASSIGNEE, now=now)
        return False
    item = turn_give(task=task, person_id=turn.person.id, now=now, instead_of=turn.instead_of)
    task_record(task=task, action="assigned", change=assigned_change(item))
    return True


def _approval_begin(*, task: Task, step: Step, now: datetime) -> bool:
    """Ask everyone of the role, or mark the task unrouted when too few could ever approve."""
    approvers = approvers_of(step=step, requester_id=task.ticket.requester_id)
    needed = approvals_needed(step=step, approvers=len(approvers))
    if not 0 < needed <= len(approvers):
        _unroute(task=task, reason=Task.Unrouted.NO_ASSIGNEE, now=now)
        return False
    asked = {turn.person.id: turn.instead_of for turn in approvers}
    *most, last = approval_ask(task=task, asked=asked, needed=needed, now=now)
    for item in most:
        task_record(task=task, action="assigned", change=assigned_change(item), more=True)
    task_record(task=task, action="assigned", change=assigned_change(last))
    return True


def task_queue(*, task: Task, step: Step, reason: str) -> None:
    """Leave a step to whoever of its role claims it. The caller has ended a turn before it."""
    task.status = Task.Status.QUEUED
    task.assignee_id = None
    task.unrouted_reason, task.unrouted_at = "", None
    task.held_status, task.held_at, task.hold_reason = "", None, ""
    task_record(task=task, action="queued", change={"step": step_state(step), "reason": reason})


def approval_ask(*, task: Task, asked: Mapping[UUID, UUID | None], needed: int, now: datetime) -> list[TaskItem]:
    """Begin a round of approval at the current step. The caller has ended a round before it, and records this one.

    `asked`: each person with whom they stand in for.
    """
    task.approval_round += 1
    task.approvals_needed = needed
    items = [
        _turn(task=task, person_id=pk, now=now, instead_of=instead_of, approval_round=task.approval_round)
        for pk, instead_of in asked.items()
    ]
    TaskItem.objects.bulk_create(items)
    _taken(task=task, status=Task.Status.IN_APPROVAL, person_ids=list(asked))
    return items


def turn_give(*, task: Task, person_id: UUID, now: datetime, instead_of: UUID | None = None) -> TaskItem:
    """Begin a person's turn at the current step, for somebody who is away; of an approval, a round of theirs alone.

    The caller has ended a turn before it, and records this one.
    """
    if task.current_step is not None and task.current_step.kind == Step.Kind.APPROVAL:
        (item,) = approval_ask(task=task, asked={person_id: instead_of}, needed=1, now=now)
        return item
    item = _turn(task=task, person_id=person_id, now=now, instead_of=instead_of)
    item.save()
    _taken(task=task, status=Task.Status.ASSIGNED, person_ids=[person_id])
    task.assignee_id = person_id
    return item


def _turn(*, task: Task, person_id: UUID, now: datetime, instead_of: UUID | None, approval_round: int = 0) -> TaskItem:
    step = task.current_step
    if step is None or task.step_due_at is None:
        raise ValueError(f"task {task.pk} stands at no step")
    return TaskItem(
        task=task,
        step=step,
        assignee_id=person_id,
        substitute_for_id=instead_of,
        approval_round=approval_round,
        entered_at=task.step_entered_at,
        assigned_at=now,
        due_at=task.step_due_at,
    )


def _taken(*, task: Task, status: Task.Status, person_ids: Sequence[UUID]) -> None:
    task.status = status
    task.assignee_id = None
    task.assignee_ids = sorted({*task.assignee_ids, *map(str, person_ids)})
    if task.owner_id is None and status == Task.Status.ASSIGNED:
        (task.owner_id,) = person_ids
    task.unrouted_reason, task.unrouted_at = "", None
    task.held_status, task.held_at, task.hold_reason = "", None, ""


def turn_end(*, task: Task, now: datetime) -> None:
    """Release the open turn, or all those of a round of approval, if there are any."""
    TaskItem.objects.filter(task=task, completed_at=None, released_at=None).update(released_at=now)


def _unroute(*, task: Task, reason: Task.Unrouted, now: datetime) -> None:
    known = task.status == Task.Status.UNROUTED and task.unrouted_reason == reason
    task.status = Task.Status.UNROUTED
    task.unrouted_reason = reason
    task.unrouted_at = now
    task.assignee_id = None
    if known:
        task.save()
        return
    task_record(task=task, action="unrouted", change={"reason": reason})
