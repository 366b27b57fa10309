"""Why a deadline is when it is: what of the time counted, what did not, by which calendar."""

from datetime import datetime, timedelta
from typing import Any

from workflows.business_time import Span, counted, elapsed
from workflows.clocks import Clock, clocks_of, hours_of, pauses_of
from workflows.models import Task

SPANS = 100  # the last of them are shown; more would be months


def sla_explain(*, task: Task, now: datetime) -> dict[str, Any]:
    """Each clock of a task with its target, state, and the spans of time that were counted and paused."""
    version = task.workflow_version
    calendar = version.calendar if version else None
    pauses = pauses_of(task)
    return {
        "task_id": task.id,
        "priority": task.ticket.priority,
        "calendar": calendar,
        "clocks": [_explain(task, clock, pauses, now) for clock in clocks_of(task, pauses=pauses)],
    }


def _explain(task: Task, clock: Clock, pauses: list[Span], now: datetime) -> dict[str, Any]:
    hours = hours_of(task.workflow_version) if task.workflow_version else None
    if hours is None:
        raise ValueError(f"task {task.pk} has a clock without a workflow")
    until = clock.ended_at or now
    spans = counted(hours, clock.started_at, until, pauses)
    used = elapsed(hours, clock.started_at, until, pauses)
    relevant = [(begin, min(end, until)) for begin, end in pauses if begin < until and end > clock.started_at]
    return {
        "clock": clock.kind,
        "state": _state(clock, now),
        "target_minutes": _minutes(clock.target),
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "warn_at": clock.warn_at,
        "ended_at": clock.ended_at,
        "elapsed_minutes": _minutes(used),
        "remaining_minutes": _minutes(clock.target - used),
        "counted": [{"begin": begin, "end": end, "minutes": _minutes(end - begin)} for begin, end in spans[-SPANS:]],
        "paused": [{"begin": begin, "end": end, "minutes": _minutes(end - begin)} for begin, end in relevant],
    }


def _state(clock: Clock, now: datetime) -> str:
    late = clock.due_at is not None and clock.due_at < (clock.ended_at or now)
    if clock.ended_at is not None:
        return "missed" if late else "kept"
    if late:
        return "breached"
    return "paused" if clock.due_at is None else "running"


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
