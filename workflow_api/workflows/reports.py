"""What a lead wants to know of the work: what came and went, how long steps take, promises kept, who has how much.

Each report is one or two queries over the last days, by an index, whatever the number of tasks; `workflow` is a key,
"" means all of them.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from statistics import quantiles
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Aggregate, Count, DateField, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncDate

from jwtauth import people
from workflows.models import SlaClock, Task, TaskItem

PEOPLE = 500  # the most loaded of them
_DURATION = ExpressionWrapper(F("completed_at") - F("assigned_at"), output_field=DurationField())


class _Percentile(Aggregate):
    """percentile_cont of PostgreSQL."""

    template = "percentile_cont(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"


def throughput(*, days: int, workflow: str, now: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """For each of the `days` days up to now, as `zone` counts them, how many tasks began and were completed."""
    today = now.astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time(), tzinfo=zone)
    # Ids are UUIDv7: a time of creation is a place in the primary key's index.
    began = _per_day(Task.objects.filter(pk__gte=_id_at(since)), "created_at", workflow, zone)
    ended = _per_day(Task.objects.filter(completed_at__gte=since), "completed_at", workflow, zone)
    return [
        {"date": day, "created": began[day], "completed": ended[day]}
        for day in (first + timedelta(days=offset) for offset in range(days))
    ]


def time_per_step(*, days: int, workflow: str, now: datetime) -> list[dict[str, Any]]:
    """How long turns took that were completed in the last days, by workflow and step, the slowest first.

    Elapsed minutes from assignment to completion: the median and the 90th percentile.
    """
    turns = TaskItem.objects.filter(completed_at__gte=now - timedelta(days=days)).order_by()
    if workflow:
        turns = turns.filter(step__version__workflow__key=workflow)
    by = ("step__version__workflow__key", "step__key")
    rows = _percentiles(turns, by) if connection.vendor == "postgresql" else _percentiles_in_python(turns, by)
    report = [
        {
            "workflow": row[by[0]],
            "step": row[by[1]],
            "turns": row["count"],
            "median_minutes": _minutes(row["median"]),
            "p90_minutes": _minutes(row["p90"]),
        }
        for row in rows
    ]
    return sorted(report, key=lambda row: (-row["median_minutes"], row["workflow"], row["step"]))


def sla_compliance(*, days: int, workflow: str, now: datetime) -> list[dict[str, Any]]:
    """Promises that ended in the last days, by workflow and clock: how many were kept. Cancelled tasks do not count."""
    clocks = SlaClock.objects.filter(ended_at__gte=now - timedelta(days=days)).order_by()
    clocks = clocks.exclude(task__status=Task.Status.CANCELLED)
    if workflow:
        clocks = clocks.filter(task__workflow_version__workflow__key=workflow)
    by = ("task__workflow_version__workflow__key", "kind")
    kept = Count("pk", filter=Q(due_at=None) | Q(due_at__gte=F("ended_at")))
    rows = clocks.values(*by).annotate(total=Count("pk"), kept=kept).order_by(*by)
    return [
        {
            "workflow": row[by[0]],
            "clock": row["kind"],
            "total": row["total"],
            "kept": row["kept"],
            "missed": row["total"] - row["kept"],
            "kept_percent": round(100 * row["kept"] / row["total"], 1),
        }
        for row in rows
    ]


def load_per_person(*, workflow: str, now: datetime) -> list[dict[str, Any]]:
    """Who has how many open turns, how many of them late or on hold, the most loaded first; at most PEOPLE."""
    turns = TaskItem.objects.filter(completed_at=None, released_at=None, task__status__in=Task.OPEN).order_by()
    if workflow:
        turns = turns.filter(step__version__workflow__key=workflow)
    rows = turns.values("assignee_id").annotate(
        open=Count("pk"),
        begun=Count("pk", filter=Q(started_at__isnull=False)),
        overdue=Count("pk", filter=Q(due_at__lt=now) & ~Q(task__status=Task.Status.ON_HOLD)),
        on_hold=Count("pk", filter=Q(task__status=Task.Status.ON_HOLD)),
    )
    rows = list(rows.order_by("-open", "assignee_id")[:PEOPLE])
    known = people.by_ids(row["assignee_id"] for row in rows)
    return [
        {"id": row.pop("assignee_id"), **row} | {"name": known[pk].name if pk in known else ""}
        for row, pk in ((row, row["assignee_id"]) for row in rows)
    ]


def load_per_role(*, workflow: str, now: datetime) -> list[dict[str, Any]]:
    """How many open tasks wait for each role, how many of them for a person of it, late or on hold; the most first."""
    tasks = Task.objects.filter(status__in=Task.OPEN, current_step__isnull=False).order_by()
    if workflow:
        tasks = tasks.filter(workflow_version__workflow__key=workflow)
    rows = tasks.values(role=F("current_step__role")).annotate(
        open=Count("pk"),
        unassigned=Count("pk", filter=Q(assignee_id=None) & ~Q(status=Task.Status.IN_APPROVAL)),
        overdue=Count("pk", filter=Q(step_due_at__lt=now) & ~Q(status=Task.Status.ON_HOLD)),
        on_hold=Count("pk", filter=Q(status=Task.Status.ON_HOLD)),
    )
    return list(rows.order_by("-open", "role"))


def _per_day(tasks: QuerySet[Task], column: str, workflow: str, zone: ZoneInfo) -> Counter[date]:
    if workflow:
        tasks = tasks.filter(workflow_version__workflow__key=workflow)
    day = TruncDate(column, tzinfo=zone, output_field=DateField())
    return Counter(dict(tasks.order_by().values_list(day).annotate(Count("pk"))))


def _percentiles(turns: QuerySet[TaskItem], by: tuple[str, str]) -> list[dict[str, Any]]:
    return list(
        turns.values(*by).annotate(
            count=Count("pk"),
            median=_Percentile(_DURATION, fraction=0.5, output_field=DurationField()),
            p90=_Percentile(_DURATION, fraction=0.9, output_field=DurationField()),
        )
    )


def _percentiles_in_python(turns: QuerySet[TaskItem], by: tuple[str, str]) -> list[dict[str, Any]]:
    """The same interpolation as percentile_cont's, for SQLite in tests."""
    grouped: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for *key, taken in turns.values_list(*by, _DURATION):
        grouped[tuple(key)].append(taken.total_seconds())
    rows = []
    for key, seconds in grouped.items():
        tenths = quantiles(seconds, n=10, method="inclusive") if len(seconds) > 1 else seconds * 9
        figures = {"count": len(seconds), "median": timedelta(seconds=tenths[4]), "p90": timedelta(seconds=tenths[8])}
        rows.append(dict(zip(by, key, strict=True)) | figures)
    return rows


def _minutes(span: timedelta) -> float:
    return round(span / timedelta(minutes=1), 1)


def _id_at(at: datetime) -> UUID:
    """The smallest UUIDv7 of that time (RFC 9562, section 5.7)."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)
