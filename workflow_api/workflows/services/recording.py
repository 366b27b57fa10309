"""The one way by which a change of a task becomes visible: row, readers, log and event in one transaction."""

from typing import Any

from django.utils import timezone

from eventbus import draft, publish_all
from jsonlog import context
from workflows.events import task_state
from workflows.models import Task, TaskLog
from workflows.services.deadlines import deadlines_sync
from workflows.services.readers import readers_follow

# After these the clocks stand still, go on, or have ended.
MOVES_CLOCKS = frozenset({"held", "resumed", "transferred", "escalated", "moved", "completed", "cancelled"})


def task_record(*, task: Task, action: str, change: dict[str, Any], more: bool = False) -> None:
    """Store a changed task, log who did it, and publish `task.<action>.v1`.

    The caller is inside a transaction and holds the task's row lock. `change` is the event's change as the contract
    has it. With `more` the caller records another change in the same transaction, and all is stored with that one.
    Actor and request id come from the logging context, where the request or the consumed event has put them.
    """
    now = timezone.now()
    task.version += 1
    task.unstored.logs.append(
        TaskLog(
            task=task,
            action=action,
            at=now,
            actor=context.actor(),
            request_id=context.request_id() or "",
            task_version=task.version,
            change={key: value if isinstance(value, dict) else str(value) for key, value in change.items()},
        )
    )
    if action in MOVES_CLOCKS:
        _logs_store(task)  # from which the clocks are worked out
        deadlines_sync(task=task, now=now)
    event = draft(f"task.{action}.v1", aggregate_id=task.id, version=task.version, data=task_state(task), change=change)
    task.unstored.events.append(event)
    if not more:
        _logs_store(task)
        task.save()
        readers_follow(task=task)
        publish_all(task.unstored.events)
        task.unstored.events.clear()


def _logs_store(task: Task) -> None:
    TaskLog.objects.bulk_create(task.unstored.logs)
    task.unstored.logs.clear()
