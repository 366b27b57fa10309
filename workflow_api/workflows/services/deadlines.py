"""When work is due. The only module that adds a duration to a time: a business calendar replaces `due_after`."""

from datetime import datetime, timedelta

from workflows.models import Step, Task, TaskItem, WorkflowVersion


def due_after(start: datetime, duration: timedelta) -> datetime:
    """The time at which `duration` has passed since `start`; elapsed time, around the clock."""
    return start + duration


def sla(*, version: WorkflowVersion, priority: str) -> timedelta:
    """The time to resolution that the version promises for a priority."""
    return timedelta(minutes=version.sla_minutes[priority])


def resolution_due(*, version: WorkflowVersion, priority: str, filed_at: datetime) -> datetime:
    """The ticket's own deadline: the clock runs from the moment it was filed, not from when we heard of it."""
    return due_after(filed_at, sla(version=version, priority=priority))


def step_due(*, task: Task, version: WorkflowVersion, step: Step, entered_at: datetime) -> datetime:
    """The deadline of a step that is entered now: SLA x weight / sum of weights.

    A step that the task comes back to keeps its first deadline, so that a back-edge does not buy time.
    """
    first = TaskItem.objects.filter(task=task, step=step).order_by("id").values_list("due_at", flat=True).first()
    if first is not None:
        return first
    total = sum(version.steps.values_list("weight", flat=True))
    share = sla(version=version, priority=task.ticket.priority) * step.weight / total
    return due_after(entered_at, share)


def resume(*, due_at: datetime | None, held_at: datetime, now: datetime) -> datetime | None:
    """A deadline after a hold: it moves by the time that the task was held."""
    return None if due_at is None else due_after(due_at, now - held_at)
