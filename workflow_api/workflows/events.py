"""The public state of a task, as contracts/state/task.schema.json has it, and its repetition by `resync task`."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction

from eventbus import publish, resyncs
from workflows.models import Step, Task, TaskItem

State = dict[str, Any]


def step_state(step: Step) -> State:
    return {"key": step.key, "name": step.name, "role": step.role}


def task_state(task: Task) -> State:
    """The whole public state of a task; values are UUIDs and datetimes, eventbus renders them."""
    version = task.workflow_version
    return {
        "id": task.id,
        "ticket_id": task.ticket.id,
        "ticket_number": task.ticket.number,
        "status": str(task.status),
        "workflow": version
        and {
            "id": version.workflow.id,
            "key": version.workflow.key,
            "name": version.workflow.name,
            "version": version.number,
        },
        "step": step_state(task.current_step) if task.current_step else None,
        "assignee_id": task.assignee_id,
        "step_roles": task.step_roles,
        "assignee_ids": task.assignee_ids,
        "resolution": task.resolution,
        "step_due_at": task.step_due_at,
        "resolution_due_at": task.resolution_due_at,
        "created_at": task.created_at,
        "started_at": task.started_at,
        "completed_at": task.completed_at,
    }


def assigned_change(item: TaskItem) -> State:
    """`substitute_for_id` only when the assignee stands in for somebody."""
    stands_in = {"substitute_for_id": item.substitute_for_id} if item.substitute_for_id else {}
    return {"item_id": item.id, "assignee_id": item.assignee_id, "step": step_state(item.step)} | stands_in


def decided_change(item: TaskItem, *, approved: int, needed: int) -> State:
    return {
        "item_id": item.id,
        "assignee_id": item.assignee_id,
        "step": step_state(item.step),
        "decision": item.transition,
        "notes": item.notes,
        "approved": approved,
        "needed": needed,
    }


def handed_change(item: TaskItem, *, previous_assignee_id: UUID | None, reason: str) -> State:
    change = {"item_id": item.id, "assignee_id": item.assignee_id, "step": step_state(item.step)}
    return change | {"previous_assignee_id": previous_assignee_id, "reason": reason}


def _repetition(task: Task) -> tuple[str, State]:
    """The type of event, and its change, that brings a consumer to the task's present state."""
    status = Task.Status(task.status)
    if status == Task.Status.IN_PROGRESS and task.current_step:
        return "task.started.v1", {"step": step_state(task.current_step)}
    if status == Task.Status.ON_HOLD:
        return "task.held.v1", {"reason": task.hold_reason}
    if status == Task.Status.UNROUTED:
        return "task.unrouted.v1", {"reason": str(task.unrouted_reason)}
    if status == Task.Status.QUEUED and task.current_step:
        return "task.queued.v1", {"step": step_state(task.current_step), "reason": "claim"}
    if status == Task.Status.CANCELLED:
        return "task.cancelled.v1", {"reason": task.cancel_reason}
    if status == Task.Status.COMPLETED:
        return "task.completed.v1", {}
    item = task.items.select_related("step").filter(completed_at=None, released_at=None).order_by("id")[:1].get()
    return "task.assigned.v1", assigned_change(item)


@resyncs("task")
def resync_tasks() -> Iterator[object]:
    """Publish the state of every task again, under the version that it has."""
    related = ("ticket", "workflow_version__workflow", "current_step")
    for task in Task.objects.select_related(*related).order_by("id").iterator(chunk_size=500):
        kind, change = _repetition(task)
        with transaction.atomic():
            event = publish(
                kind, aggregate_id=task.id, version=task.version, data=task_state(task), change=change, resync=True
            )
        yield event
