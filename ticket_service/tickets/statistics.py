"""Figures for a dashboard, over the tickets that one caller may see: what is open, what came and went, how well."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from statistics import quantiles
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Aggregate, Count, DateField, DurationField, ExpressionWrapper, F, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from tickets.models import Ticket
from tickets.status import Status, is_final

# What somebody still has to do something about.
OPEN = [status for status in Status if not is_final(status) and status != Status.RESOLVED]
_DURATION = ExpressionWrapper(F("resolved_at") - F("created_at"), output_field=DurationField())


class _Percentile(Aggregate):
    """percentile_cont of PostgreSQL."""

    template = "percentile_cont(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"


def statistics_of(tickets: QuerySet[Ticket], *, days: int, today: date, zone: ZoneInfo) -> dict[str, Any]:
    """What TicketStatisticsOutput describes, of these tickets; five queries, whatever their number.

    The period is the `days` days up to `today`, as `zone` counts days.
    """
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time(), tzinfo=zone)
    until = datetime.combine(today + timedelta(days=1), time(), tzinfo=zone)
    resolved = tickets.filter(resolved_at__gte=since, resolved_at__lt=until)
    # Ids are UUIDv7: a time of creation is a place in the primary key's index.
    created = tickets.filter(pk__gte=_id_at(since), pk__lt=_id_at(until))
    came, went = _per_day(created, "created_at", zone), _per_day(resolved, "resolved_at", zone)
    return {
        "since": first,
        "until": today,
        "time_zone": str(zone),
        "open": _open(tickets.filter(status__in=OPEN)),
        "days": [
            {"date": day, "created": came[day], "resolved": went[day]}
            for day in (first + timedelta(days=offset) for offset in range(days))
        ],
        "resolution": _resolution(resolved),
        "ratings": _ratings(resolved.filter(rating__isnull=False)),
    }


def _open(tickets: QuerySet[Ticket]) -> dict[str, Any]:
    rows = list(
        tickets.order_by()
        .values("status", "category_id", "priority")
        .annotate(
            count=Count("pk"), unassigned=Count("pk", filter=Q(assignee_id__isnull=True)), oldest=Min("created_at")
        )
    )

    def by(column: str) -> list[dict[str, Any]]:
        counted: Counter[str] = Counter()
        for row in rows:
            counted[row[column]] += row["count"]
        return [{"key": key, "count": count} for key, count in sorted(counted.items())]

    return {
        "total": sum(row["count"] for row in rows),
        "unassigned": sum(row["unassigned"] for row in rows),
        "oldest_created_at": min((row["oldest"] for row in rows), default=None),
        "by_status": by("status"),
        "by_category": by("category_id"),
        "by_priority": by("priority"),
    }


def _per_day(tickets: QuerySet[Ticket], column: str, zone: ZoneInfo) -> Counter[date]:
    day = TruncDate(column, tzinfo=zone, output_field=DateField())
    return Counter(dict(tickets.order_by().values_list(day).annotate(Count("pk"))))


def _resolution(tickets: QuerySet[Ticket]) -> dict[str, Any]:
    if connection.vendor == "postgresql":
        row = tickets.aggregate(
            count=Count("pk"),
            median=_Percentile(_DURATION, fraction=0.5, output_field=DurationField()),
            p90=_Percentile(_DURATION, fraction=0.9, output_field=DurationField()),
        )
    else:
        row = _percentiles(sorted(tickets.values_list(_DURATION, flat=True)))
    return {"count": row["count"], "median_hours": _hours(row["median"]), "p90_hours": _hours(row["p90"])}


def _percentiles(durations: list[timedelta]) -> dict[str, Any]:
    """The same interpolation as percentile_cont's, for SQLite in tests."""
    if len(durations) < 2:
        only = durations[0] if durations else None
        return {"count": len(durations), "median": only, "p90": only}
    tenths = quantiles([d.total_seconds() for d in durations], n=10, method="inclusive")
    return {"count": len(durations), "median": timedelta(seconds=tenths[4]), "p90": timedelta(seconds=tenths[8])}


def _ratings(tickets: QuerySet[Ticket]) -> dict[str, Any]:
    counted = dict(tickets.order_by().values_list("rating").annotate(Count("pk")))
    count = sum(counted.values())
    average = round(sum(rating * number for rating, number in counted.items()) / count, 2) if count else None
    return {
        "count": count,
        "average": average,
        "distribution": [{"rating": rating, "count": counted.get(rating, 0)} for rating in range(1, 6)],
    }


def _hours(duration: timedelta | None) -> float | None:
    return None if duration is None else round(duration / timedelta(hours=1), 2)


def _id_at(at: datetime) -> UUID:
    """The smallest UUIDv7 of that time (RFC 9562, section 5.7)."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)
