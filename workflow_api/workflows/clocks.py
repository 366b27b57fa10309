"""The promises on a task, worked out from what happened: its log, its messages, its version's targets and calendar.

Nothing is stored here. Services write the result into SlaClock rows, selectors explain it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from workflows.business_time import AROUND_THE_CLOCK, Hours, Span, due
from workflows.models import Message, SlaClock, Step, Task, TaskLog, WorkflowVersion

WARN_AFTER = 0.8  # of the target
NEVER = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
Kind = SlaClock.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One promise. `due_at` and `warn_at` are None while it stands still."""

    kind: str
    started_at: datetime
    target: timedelta
    due_at: datetime | None
    warn_at: datetime | None
    ended_at: datetime | None


def hours_of(version: WorkflowVersion) -> Hours:
    """The version's calendar; without one, around the clock."""
    return version.calendar.hours if version.calendar else AROUND_THE_CLOCK


def started_at(task: Task) -> datetime:
    """The clock runs from the moment the ticket was filed, not from when we heard of it; a new run, from its begin."""
    return task.ticket.filed_at if task.run == 1 else task.created_at


def pauses_of(task: Task) -> list[Span]:
    """The holds of a task by its log; one that goes on ends never."""
    spans: list[Span] = []
    begin: datetime | None = None
    ends = ("resumed", "transferred", "escalated", "moved", "cancelled")
    for action, at in TaskLog.objects.filter(task=task, action__in=("held", *ends)).values_list("action", "at"):
        if action == "held":
            begin = at
        elif begin is not None:
            spans.append((begin, at))
            begin = None
    if begin is not None:
        spans.append((begin, NEVER))
    return spans


def clocks_of(task: Task, *, hours: Hours | None = None, pauses: list[Span] | None = None) -> list[Clock]:
    """Every promise on a task, oldest first; none before a workflow is matched. `hours`: what if they were these;
    `pauses`: when the caller has read them already."""
    version = task.workflow_version
    if version is None:
        return []
    hours = hours or hours_of(version)
    pauses = pauses_of(task) if pauses is None else pauses
    clocks = []
    for kind, begin, end in _periods(task):
        target = timedelta(minutes=_targets(version, kind).get(task.ticket.priority, 0))
        if target:
            clocks.append(
                Clock(
                    kind=kind,
                    started_at=begin,
                    target=target,
                    due_at=deadline(hours, begin, target, pauses),
                    warn_at=deadline(hours, begin, target * WARN_AFTER, pauses),
                    ended_at=end,
                )
            )
    return clocks


def deadline(hours: Hours, start: datetime, target: timedelta, pauses: list[Span]) -> datetime | None:
    """When the target is used up; None when that waits for the end of a hold that goes on."""
    finished = [pause for pause in pauses if pause[1] != NEVER]
    moment = due(hours, start, target, finished)
    going_on = [pause[0] for pause in pauses if pause[1] == NEVER]
    return None if going_on and moment > going_on[0] else moment


def step_share(*, version: WorkflowVersion, step: Step, priority: str) -> timedelta:
    """A step's part of the time to resolution: SLA x weight / sum of weights."""
    return timedelta(minutes=version.sla_minutes[priority]) * step.weight / _weight_of_all(version.pk)


@lru_cache(maxsize=1024)
def _weight_of_all(version_id: UUID) -> int:
    """Kept in memory: only drafts change, and no task runs on a draft."""
    return sum(Step.objects.filter(version=version_id).values_list("weight", flat=True))


def _targets(version: WorkflowVersion, kind: str) -> dict[str, int]:
    targets: dict[Kind, dict[str, int]] = {
        Kind.FIRST_RESPONSE: version.first_response_minutes,
        Kind.NEXT_RESPONSE: version.next_response_minutes,
        Kind.RESOLUTION: version.sla_minutes,
    }
    return targets[Kind(kind)]


def _periods(task: Task) -> Iterator[tuple[str, datetime, datetime | None]]:
    """(kind, begin, end or None) of what the requester waited for: an answer, the next answers, the solution."""
    begin, over = started_at(task), task.completed_at or _cancelled_at(task)
    asked: datetime | None = begin
    kind = Kind.FIRST_RESPONSE
    for at, by_staff in Message.objects.filter(ticket=task.ticket_id, at__gte=begin).values_list("at", "by_staff"):
        if over is not None and at > over:
            break
        if by_staff and asked is not None:
            yield kind, asked, at
            asked, kind = None, Kind.NEXT_RESPONSE
        elif not by_staff and asked is None:
            asked = at
    if asked is not None:
        yield kind, asked, over
    yield Kind.RESOLUTION, begin, over


def _cancelled_at(task: Task) -> datetime | None:
    if task.status != Task.Status.CANCELLED:
        return None
    return TaskLog.objects.filter(task=task, action="cancelled").values_list("at", flat=True).first()
